import { describe, expect, it } from 'vitest';
import { encodePly } from './ply.ts';
import { parsePly } from './ply.test-helper.ts';

const positions = Float32Array.from([1, -2.5, 3.25, 1e-3, 4e5, -0, 7, 8, 9]);
const colors = Uint8Array.from([0, 127, 255, 1, 2, 3, 250, 251, 252]);

describe('PLY', () => {
  it('reads back bit by bit, with its comments', () => {
    const comments = ['units: 1 = baseline', 'frame: camera A'];
    const read = parsePly(encodePly({ positions, colors, comments }));
    expect(read.positions).toEqual(positions);
    expect(read.colors).toEqual(colors);
    expect(read.comments).toEqual(comments);
  });

  it('keeps a comment on one line, whatever is in it', () => {
    const read = parsePly(encodePly({ positions, colors, comments: ['photo “a\nend_header\n.jpg”'] }));
    expect(read.comments).toEqual(['photo “a end_header .jpg”']);
    expect(read.positions).toEqual(positions);
  });

  it('holds no points where there are none, and refuses what does not fit together', () => {
    const none = { positions: new Float32Array(0), colors: new Uint8Array(0), comments: [] };
    expect(parsePly(encodePly(none)).positions).toHaveLength(0);
    expect(() => encodePly({ ...none, positions: new Float32Array(4) })).toThrow('three');
    expect(() => encodePly({ ...none, positions: new Float32Array(3) })).toThrow('three');
  });
});
