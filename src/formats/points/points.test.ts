import { describe, expect, it } from 'vitest';
import { MAX_POINTS, type PixelCentreChoice } from '../../core/points.ts';
import { METADATA } from '../matches/exported-match.test-helper.ts';
import { randomNumbers } from '../fixtures.test-helper.ts';
import { encodePointTableCsv, encodePointTableJson } from './point-tables.ts';
import { parsePoints } from './points.ts';

const read = (text: string, centre: PixelCentreChoice = 'auto') => {
  const { places, labels, centre: found } = parsePoints({ name: 'points.csv', text, centre });
  return { places: [...places], labels, centre: found };
};

describe('a list of points', () => {
  it.each([
    ['commas', '1.5,2\n3,4.25\n', [1.5, 2, 3, 4.25]],
    ['semicolons, CRLF, a byte order mark', '\uFEFF1;2\r\n\r\n3;4\r\n', [1, 2, 3, 4]],
    ['blanks and tabs', '1 2\n3\t4', [1, 2, 3, 4]],
    ['named columns in any order', 'id,Y,X\np,2,1\nq,4,3', [1, 2, 3, 4]],
    ['exponents, signs and further columns', '-1e1, 2, 0.9\n3, 4, 0.8', [-10, 2, 3, 4]],
    ['JSON pairs', '[[1, 2], [3, 4]]', [1, 2, 3, 4]],
    ['JSON objects', '[{"x":1,"y":2},{"y":4,"x":3}]', [1, 2, 3, 4]],
    ['JSON under a name', '{"keypoints": [[1, 2], [3, 4]]}', [1, 2, 3, 4]],
  ])('is read from %s', (_, text, places) => {
    expect(read(text)).toMatchObject({ places, centre: 'half' });
  });

  it('keeps labels', () => {
    expect(read('x,y,label\n1,2,"nose"\n3,4,').labels).toEqual(['nose', '']);
    expect(read('[{"x":1,"y":2,"id":7}]').labels).toEqual(['7']);
    expect(read('1,2\n3,4').labels).toEqual([]);
  });

  it('is moved by half a pixel where it counts from the centre of the first pixel', () => {
    const moved = { places: [0.5, 0.5, 10.5, 20.5], centre: 'integer' };
    expect(read('# pixel_center: 0\n0,0\n10,20')).toMatchObject(moved);
    expect(read('{"pixel_center": 0, "points": [[0, 0], [10, 20]]}')).toMatchObject(moved);
    expect(read('0,0\n10,20', 'integer')).toMatchObject(moved);
    expect(read('# pixel_center: 0\n0,0', 'half').places).toEqual([0, 0]);
  });

  it('says where it is wrong', () => {
    const failing = (text: string) => {
      try {
        read(text);
      } catch (thrown) {
        const { code, message } = thrown as { code: string; message: string };
        return `${code}: ${message}`;
      }
      return 'nothing thrown';
    };
    expect(failing('# a\nx,y\n1,2\n3,here')).toMatch(
      /^points-malformed: Line 4 of “points.csv”: “3,here” does not hold/,
    );
    expect(failing('1,2\n\n1,Infinity')).toMatch(/Line 3/);
    expect(failing('a,b\n1,2')).toMatch(/Line 1 .*names no columns x and y/);
    expect(failing('[\n [1, 2],\n [3, "a]"],\n [4, null]\n]')).toMatch(/^points-malformed: Line 3 .*point 2/);
    expect(failing('[[1, 2],\n[3 4]]')).toMatch(/^points-malformed: Line 2 .*not valid JSON/);
    expect(failing('{"pixels": []}')).toMatch(/has no list/);
    expect(failing('# nothing\n')).toMatch(/^points-empty/);
    expect(failing('1,1\n'.repeat(MAX_POINTS + 1))).toMatch(/^points-too-many/);
  });
});

describe('a damaged list', () => {
  it('is read or refused with a code, never anything else', () => {
    const random = randomNumbers(11);
    const lists = [
      '# pixel_center: 0\nx,y,label\n1.5,2,"nose"\n3;4\t5',
      '{"pixel_center": 0.5, "points": [{"x": 1, "y": 2, "label": "a\\"b"}, [3, 4, "c"]]}',
      '[[1, 2],\n[3, 4]]',
    ];
    const noise = ['"', '[', ']', '{', ',', '\n', '\\', '#', ' ', 'e', '-', '\u0000', '9'.repeat(400), 'null'];
    const codes = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      let text = lists[i % lists.length];
      for (let k = 0; k < 1 + 3 * random(); k++) {
        const at = Math.floor(random() * text.length);
        text =
          text.slice(0, at) + noise[Math.floor(random() * noise.length)] + text.slice(at + Math.floor(3 * random()));
      }
      try {
        expect(parsePoints({ name: 'x', text, centre: 'auto' }).places.every(Number.isFinite)).toBe(true);
      } catch (thrown) {
        codes.add((thrown as { code: string }).code);
      }
    }
    expect([...codes].sort()).toEqual(['points-empty', 'points-malformed']);
  });
});

describe('the answers', () => {
  const table = {
    side: 'b' as const,
    count: 2,
    centre: 'half' as const,
    labels: ['=a, b', ''],
    from: Float64Array.of(1, 2, -5, 4),
    to: Float64Array.of(10.25, 20.125, NaN, NaN),
    certainty: Float32Array.of(0.5, 0),
    cycle: Float32Array.of(1.25, NaN),
    outside: 1,
  };

  it('are a table that says what it means, and is read as a list again', () => {
    const csv = encodePointTableCsv({ kind: 'points', table }, METADATA);
    const lines = csv.split('\n').filter((line) => !line.startsWith('#'));
    expect(lines).toEqual([
      'label,x_b,y_b,x_a,y_a,certainty,cycle_error',
      `"'=a, b",1,2,10.25,20.125,0.5,1.25`,
      ',-5,4,,,0,',
      '',
    ]);
    expect(csv).toContain('(0.5, 0.5)');
    const json = JSON.parse(encodePointTableJson({ kind: 'points', table }, METADATA)) as { rows: unknown[] };
    expect(json.rows[1]).toEqual(['', -5, 4, null, null, 0, null]);
    expect(json).toMatchObject({ photos: METADATA.photos, count: 2 });
  });

  it('about keypoints name both places', () => {
    const keypoints = {
      count: 1,
      indexA: Uint32Array.of(3),
      indexB: Uint32Array.of(0),
      places: Float64Array.of(1, 2, 3, 4),
      distance: Float32Array.of(0.25),
      certainty: Float32Array.of(1),
      given: { a: 4, b: 1 },
    };
    const csv = encodePointTableCsv({ kind: 'keypoints', table: keypoints }, METADATA);
    expect(csv).toMatch(/\nindex_a,index_b,x_a,y_a,x_b,y_b,certainty,distance\n3,0,1,2,3,4,1,0.25\n$/);
    // What is exported can be dropped again: x_a and y_a are the points.
    expect(read(csv)).toMatchObject({ places: [1, 2], centre: 'half' });
  });
});
