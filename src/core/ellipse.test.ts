import { describe, expect, it } from 'vitest';
import { deviationEllipse, mappedCovariance } from './ellipse.ts';

describe('the ellipse of a covariance', () => {
  it('has the standard deviations as half axes, along the directions that do not mix', () => {
    expect(deviationEllipse({ xx: 9, xy: 0, yy: 4 })).toEqual({ major: 3, minor: 2, angle: 0 });
    expect(deviationEllipse({ xx: 4, xy: 0, yy: 9 })).toEqual({ major: 3, minor: 2, angle: 90 });
    // Deviations 3 and 1 along the diagonals.
    const turned = deviationEllipse({ xx: 5, xy: 4, yy: 5 });
    expect(turned.major).toBeCloseTo(3, 10);
    expect(turned.minor).toBeCloseTo(1, 10);
    expect(turned.angle).toBeCloseTo(45, 10);
    expect(deviationEllipse({ xx: 5, xy: -4, yy: 5 }).angle).toBeCloseTo(-45, 10);
  });

  it('a place that is quite unknown has no end', () => {
    expect(deviationEllipse({ xx: Infinity, xy: 0, yy: 1 }).major).toBe(Infinity);
  });

  it('turns and stretches with the picture', () => {
    const quarter = mappedCovariance({ xx: 9, xy: 1, yy: 4 }, [0, -1, 1, 0]);
    expect(quarter).toEqual({ xx: 4, xy: -1, yy: 9 });
    expect(mappedCovariance({ xx: 9, xy: 1, yy: 4 }, [2, 0, 0, 3])).toEqual({ xx: 36, xy: 6, yy: 36 });
  });
});
