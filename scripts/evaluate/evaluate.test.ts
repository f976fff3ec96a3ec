import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlainField, PlainMatchField } from '../../src/compute/field/cpu.ts';
import { project } from '../../src/core/matrix3.ts';
import { ROOT } from '../node/tools.mjs';
import { readAllListed } from './benchmarks/index.ts';
import type { PairResult } from './evaluate-pair.ts';
import { measureDense, measurePoints } from './measure.ts';
import { measurePose, measureRegistration, sampledPairs } from './measure-geometry.ts';
import { type EvaluationPair, type KnownPoint, readPairs } from './pairs.ts';
import { badness } from './report.ts';
import { tablesOf } from './tables.ts';
import { type DenseTruth, denseTruth, homographyTruth } from './truth.ts';
import { unrelatedPairs } from './unrelated.ts';

const PHOTO = { width: 640, height: 480 };
const samples = readPairs(join(ROOT, 'public', 'samples', 'pairs.json'));

/** A field that says what the truth says, moved by `shift` pixels in x; certain where the truth knows. */
function fieldOf(truth: DenseTruth, shift = 0): PlainField {
  const { width, height } = truth.grid;
  const points = width * height;
  const field = {
    grid: truth.grid,
    photo: PHOTO,
    warp: new Float32Array(2 * points),
    certainty: new Float32Array(points),
    cycle: new Float32Array(points),
  };
  for (let k = 0; k < points; k++) {
    const found = truth.at(
      (((k % width) + 0.5) / width) * PHOTO.width,
      ((Math.floor(k / width) + 0.5) / height) * PHOTO.height,
    );
    if (!found) continue;
    field.warp[k] = (2 * (found.x + shift)) / PHOTO.width - 1;
    field.warp[points + k] = (2 * found.y) / PHOTO.height - 1;
    field.certainty[k] = 1;
  }
  return field;
}

/** B's direction left out: it has no certain place. */
const oneWay = (a: PlainField): PlainMatchField => ({
  a,
  b: { ...a, certainty: new Float32Array(a.certainty.length) },
});

describe('the samples as a list of pairs', () => {
  it.each(samples.filter(({ kind }) => kind === 'warp'))(
    '$name: the exact warp has no error and the cameras agree with it',
    async (pair) => {
      const truth = (await denseTruth(pair, { a: PHOTO, b: PHOTO }))!;
      const field = fieldOf(truth);
      const { pck, medianEpe, places } = measureDense(field, PHOTO, truth);
      expect(pck[0]).toBe(1);
      expect(medianEpe).toBeLessThan(0.01);
      expect(places).toBeGreaterThan(0.2 * field.certainty.length);
      const pose = measurePose(oneWay(field), pair.cameras!);
      expect(pose.error).toBeLessThan(0.3);
      expect(pose.inlierRatio).toBeGreaterThan(0.99);
    },
  );

  it('has an unrelated pair without a truth', async () => {
    const pair = samples.find(({ kind }) => kind === 'unrelated')!;
    expect(await denseTruth(pair, { a: PHOTO, b: PHOTO })).toBeNull();
  });
});

describe('measures of a field', () => {
  const H = [0.9, -0.2, 60, 0.15, 0.95, -10, 1e-4, 5e-5, 1] as const;
  const truth = homographyTruth(H, PHOTO, PHOTO);

  it('tells a shift of 4 px by PCK, EPE and corner error', () => {
    const { pck, medianEpe } = measureDense(fieldOf(truth, 4), PHOTO, truth);
    expect(pck).toEqual([0, 0, 1, 1]);
    expect(medianEpe).toBeCloseTo(4, 2);
    expect(measureRegistration(oneWay(fieldOf(truth, 4)), H).cornerError).toBeCloseTo(4, 1);
    expect(measureRegistration(oneWay(fieldOf(truth)), H).cornerError).toBeLessThan(0.01);
  });

  it('tells at known points what it tells everywhere, and which of them are wrong', () => {
    const [right, wrong] = [fieldOf(truth), fieldOf(truth, 4)];
    const points = [
      [200, 150],
      [320.5, 240.5],
      [411.25, 300.75],
    ].map(([x, y]): KnownPoint => {
      const at = truth.at(x, y)!;
      return [x, y, at.x, at.y];
    });
    expect(measurePoints(right, PHOTO, points)).toMatchObject({ pck: [1, 1, 1, 1], places: 3 });
    expect(measurePoints(wrong, PHOTO, points)).toMatchObject({ pck: [0, 0, 1, 1] });
    expect(measurePoints(wrong, PHOTO, points).medianEpe).toBeCloseTo(4, 1);
    // Half of B's size: the same error in its pixels is twice as large at 640.
    const halves = points.map(([x, y, u, v]): KnownPoint => [x, y, u / 2, v / 2]);
    expect(measurePoints(wrong, { width: 320, height: 240 }, halves).medianEpe).toBeCloseTo(4, 1);
    const one = [...points.slice(1), [200, 150, 600, 20] as const];
    expect(measurePoints(right, PHOTO, one).pck[3]).toBeCloseTo(2 / 3, 9);
  });

  it('weighs matches by how sure the network is of them, where it says so', () => {
    const field = fieldOf(truth);
    expect(sampledPairs(oneWay(field)).weight).toBeUndefined();
    const points = field.certainty.length;
    // Places in the left half are known to a tenth of a pixel, others to ten.
    const inverse = Float32Array.from({ length: 3 * points }, (_, i) => {
      if (Math.floor(i / points) === 1) return 0;
      return (i % points) % field.grid.width < field.grid.width / 2 ? 100 : 0.01;
    });
    const { xa, weight } = sampledPairs(oneWay({ ...field, precision: inverse }));
    for (let i = 0; i < xa.length; i++) {
      if (xa[i] < PHOTO.width / 2 - 2) expect(weight![i]).toBeGreaterThan(0.9);
      if (xa[i] > PHOTO.width / 2 + 2) expect(weight![i]).toBeLessThan(0.01);
    }
  });

  it('takes whole-number centres for homographies', () => {
    const [x, y] = project(H, 100, 50);
    const found = truth.at(100.5, 50.5)!;
    expect(found.x).toBeCloseTo(x + 0.5, 9);
    expect(found.y).toBeCloseTo(y + 0.5, 9);
  });

  it('gives the worst pose where nothing matches', () => {
    const field = fieldOf(truth);
    field.certainty.fill(0);
    expect(measurePose(oneWay(field), { K0: H, K1: H, T: [] })).toEqual({ error: 180, inlierRatio: 0 });
  });
});

describe('unrelated pairs', () => {
  const listed = ['p', 'q', 'r'].map((scene): EvaluationPair => {
    return {
      kind: 'none',
      name: `${scene}-1`,
      scene,
      a: `/${scene}/1.jpg`,
      b: `/${scene}/2.jpg`,
      cameras: null,
      points: null,
    };
  });

  it('join different scenes, each once, the same every time, and more only add', () => {
    const all = unrelatedPairs(listed, 99);
    expect(all).toHaveLength(12);
    expect(new Set(all.map(({ name }) => name)).size).toBe(12);
    for (const { a, b } of all) expect(a[1]).not.toBe(b[1]);
    expect(unrelatedPairs(listed, 5)).toEqual(all.slice(0, 5));
    expect(unrelatedPairs(listed, 99, 2)).not.toEqual(all);
  });
});

describe('tables', () => {
  const result = (kind: 'none' | 'unrelated', overlap: number, told: 'good' | 'none'): PairResult => ({
    name: `${kind} ${overlap}`,
    scene: 's',
    kind,
    firstMilliseconds: 50,
    milliseconds: 50 + 100 * overlap,
    tries: 100 * overlap,
    verdict: {
      kind: told,
      sentence: '',
      overlap: { a: overlap, b: 0 },
      meanCertainty: { a: 0, b: 0 },
      medianCycle: { a: 0, b: 0 },
    },
    rescue: { tried: false, rotation: 0, scale: 1 },
  });
  const results = [result('none', 0.5, 'good'), result('none', 0.03, 'none'), result('unrelated', 0.05, 'none')];

  it('say how verdicts and overlap tell related from unrelated', () => {
    const [, verdicts, overlap] = tablesOf(results);
    expect(verdicts.rows).toEqual([
      ['related', '2', '1', '0', '1', '50 %'],
      ['unrelated', '1', '0', '0', '1', '100 %'],
    ]);
    expect(overlap.title).toContain('AUROC 0.500');
    expect(overlap.rows.find(([threshold]) => threshold === '0.06')).toEqual(['0.06', '50 %', '100 %']);
    expect(results.map(badness)).toEqual([0, 1, 0]);
  });

  it('say it of every list where there are several, and of what is seen enough of', () => {
    const listed = results.map((r, i): PairResult => {
      return {
        ...r,
        list: ['p', 'q', 'q'][i],
        ...(i < 2 && { dense: { pck: [], medianEpe: 0, auroc: 0, places: 0, seen: 0.5 - 0.4 * i } }),
      };
    });
    const verdicts = tablesOf(listed).find(({ title }) => title === 'Verdicts')!;
    expect(verdicts.rows).toEqual([
      ['related, p', '1', '1', '0', '0', '100 %'],
      ['related, q', '1', '0', '0', '1', '0 %'],
      ['related', '2', '1', '0', '1', '50 %'],
      ['… 20 % of A seen or more', '1', '1', '0', '0', '100 %'],
      ['unrelated, q', '1', '0', '0', '1', '100 %'],
      ['unrelated', '1', '0', '0', '1', '100 %'],
    ]);
  });
});

describe('what a pair costs', () => {
  const timed = (name: string, firstMilliseconds: number, milliseconds: number, tries: number): PairResult => ({
    name,
    scene: name,
    kind: 'none',
    firstMilliseconds,
    milliseconds,
    tries,
    verdict: {
      kind: 'good',
      sentence: '',
      overlap: { a: 1, b: 1 },
      meanCertainty: { a: 1, b: 1 },
      medianCycle: { a: 0, b: 0 },
    },
    rescue: { tried: false, rotation: 0, scale: 1 },
  });

  it('is given in single matches of the same run', () => {
    const cost = tablesOf([timed('p', 100, 200, 1), timed('q', 100, 1000, 20), timed('r', 400, 400, 0)])[0];
    expect(cost.title).toContain('one took 100 ms');
    expect(cost.rows).toEqual([
      ['p', '1', '1.0', '1', '1.0', '1.0', '2.0', '2.0'],
      ['q', '1', '20.0', '20', '1.0', '1.0', '10.0', '10.0'],
      ['r', '1', '0.0', '0', '4.0', '4.0', '4.0', '4.0'],
      ['all', '3', '7.0', '20', '1.0', '4.0', '4.0', '10.0'],
    ]);
  });

  it('is given in processor time, too, which is no longer where other work waits', () => {
    const busy = { ...timed('p', 1000, 9000, 1), processor: { first: 100, end: 300 } };
    const idle = { ...timed('q', 100, 200, 1), processor: { first: 100, end: 200 } };
    const [, cost] = tablesOf([busy, idle]);
    expect(cost.title).toContain('Processor time in single matches (one took 100 ms)');
    expect(cost.rows.at(-1)).toEqual(['all', '2', '1.0', '1', '1.0', '1.0', '2.5', '3.0']);
  });

  it('is left out of results that were kept before it was measured', () => {
    const kept = { ...timed('p', 1, 1, 0), firstMilliseconds: undefined } as unknown as PairResult;
    expect(tablesOf([kept]).map(({ title }) => title)).toEqual(['Verdicts']);
  });
});

describe('a list of pairs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pairs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (entry: object) => {
    writeFileSync(join(folder, 'pairs.json'), JSON.stringify([entry]));
    return readPairs(join(folder, 'pairs.json'));
  };
  const I = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];

  it('may nest its matrices, and T may be 3 × 4 or 4 × 4', () => {
    const T = [
      [1, 0, 0, 5],
      [0, 1, 0, 6],
      [0, 0, 1, 7],
    ];
    const [pair] = read({ name: 'x-1', kind: 'pose', a: 'a.jpg', b: 'b.jpg', K0: I, K1: I, T });
    expect(pair).toMatchObject({ scene: 'x', a: join(folder, 'a.jpg'), cameras: { K0: I.flat(), T: T.flat() } });
    const [same] = read({ kind: 'pose', a: 'a.jpg', b: 'b.jpg', K0: I, K1: I, T: [...T, [0, 0, 0, 1]] });
    expect(same.cameras!.T).toEqual(T.flat());
  });

  it('is one of several that are measured as one; a folder of lifted photos is one, too', async () => {
    const [list, lifted] = [join(folder, 'lists', 'photos'), join(folder, 'lists', 'lifted')];
    for (const part of ['image1', 'image2']) mkdirSync(join(lifted, part), { recursive: true });
    mkdirSync(list);
    writeFileSync(join(list, 'pairs.json'), JSON.stringify([{ name: 'x-1', kind: 'none', a: 'a.jpg', b: 'b.jpg' }]));
    writeFileSync(join(lifted, 'image2', 'castle_000.png'), '');
    const { pairs } = await readAllListed([join(list, 'pairs.json'), `${lifted}/`], null);
    expect(pairs).toMatchObject([
      { list: 'photos', name: 'photos/x-1', scene: 'photos/x', a: join(list, 'a.jpg') },
      {
        list: 'lifted',
        name: 'lifted/castle_000',
        scene: 'lifted/castle',
        truth: join(lifted, 'warp', 'castle_000.npz'),
      },
    ]);
    const [alone] = (await readAllListed([list], null)).pairs;
    expect(alone).toMatchObject({ name: 'x-1', scene: 'x' });
    expect(alone.list).toBeUndefined();
  });

  it('may know single places of both photos', () => {
    const points = [[1, 2, 3.5, 4]];
    expect(read({ kind: 'none', a: 'a', b: 'b', points })[0].points).toEqual(points);
    expect(read({ kind: 'none', a: 'a', b: 'b' })[0].points).toBeNull();
  });

  it.each([
    [{ kind: 'none', a: 'a', b: 'b', points: [[1, 2, 3]] }, /rows of 4 numbers/],
    [{ kind: 'none', a: 'a', b: 'b', points: [[1, 2, 3, null]] }, /rows of 4 numbers/],
    [{ kind: 'none', a: 'a', b: 'b', points: 'x' }, /rows of 4 numbers/],
    [{ kind: 'homography', a: 'a', b: 'b', H: [1, 2] }, /H with 9 numbers/],
    [{ kind: 'pose', a: 'a', b: 'b', K0: I, K1: I }, /T with 12 numbers/],
    [{ kind: 'warp', a: 'a', b: 'b' }, /"truth"/],
    [{ kind: 'other', a: 'a', b: 'b' }, /unknown kind "other"/],
    [{ kind: 'none', a: 'a' }, /no "a" and "b"/],
  ])('is refused where it says too little: %j', (entry, message) => {
    expect(() => read(entry)).toThrow(message);
  });
});
