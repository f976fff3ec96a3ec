import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import initSqlJs from 'sql.js';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesSource } from '../src/formats/byte-source.ts';
import { parseFlo } from '../src/formats/flow/flo.ts';
import { npyFloat32 } from '../src/formats/arrays/npy.ts';
import { openNpz } from '../src/formats/arrays/npz.ts';
import { main } from './match.ts';
import { type Outcome, runMain, runScript } from './node/command.test-helper.ts';
import { ROOT } from './node/tools.mjs';

const out = mkdtempSync(join(tmpdir(), 'match-'));
const sample = (name: string) => join(ROOT, 'public', 'samples', name);

const textOf = ({ code, stdout, stderr }: Outcome) => ({ code, text: code === 0 ? stdout : stderr });
/** The command as a person runs it. */
const match = (...args: string[]) => runScript('match.ts', args).then(textOf);
/** The same without a process of its own. */
const matchHere = (...args: string[]) => runMain(main, args).then(textOf);

describe('npm run match', () => {
  afterAll(() => rmSync(out, { recursive: true }));

  it('writes matches, the dense warp and pictures that agree with each other', async () => {
    const { code, text } = await match(
      sample('still-life/a.jpg'),
      sample('still-life/b.jpg'),
      '--out',
      out,
      '--count',
      '300',
      '--no-rescue',
    );
    expect(text).toMatch(/These photos .*\n300 matches/);
    expect(code).toBe(0);
    const csv = readFileSync(join(out, 'matches.csv'), 'utf8').trim().split('\n');
    const numbers = csv.filter((line) => /^\d/.test(line)).map((line) => line.split(',').map(Number));
    expect(csv.find((line) => line.startsWith('# coordinates'))).toContain('(0.5, 0.5)');
    expect(JSON.parse(readFileSync(join(out, 'matches.json'), 'utf8')).matches).toEqual(numbers);
    const npz = await openNpz(bytesSource(readFileSync(join(out, 'warp.npz'))));
    const warp = await npz.read('warp_a_to_b');
    const certainty = npyFloat32(await npz.read('certainty_a_to_b'));
    expect(warp.shape[1] * warp.shape[2]).toBe(certainty.length);
    expect((await npz.read('matches')).shape).toEqual([300, 5]);
    const flow = parseFlo(readFileSync(join(out, 'b-to-a.flo')));
    expect(flow.size.width / flow.size.height).toBeCloseTo(640 / 480, 1);
    expect(PNG.sync.read(readFileSync(join(out, 'b-to-a-kitti.png')))).toMatchObject(flow.size);
    expect(readFileSync(join(out, 'colmap/matches.txt'), 'utf8').trim().split('\n')).toHaveLength(301);
    const { Database } = await initSqlJs();
    const database = new Database(readFileSync(join(out, 'database.db')));
    const [{ values }] = database.exec(`SELECT matches.rows, verified.rows, config, length(F), width
      FROM matches JOIN two_view_geometries AS verified USING (pair_id) JOIN cameras ON camera_id = 1`);
    const [matches, verified, config, fundamental, width] = values[0] as number[];
    expect({ matches, fundamental, width }).toEqual({ matches: 300, fundamental: 72, width: 640 });
    // A still life is not flat: most matches agree on a fundamental matrix.
    expect(config).toBe(3);
    expect(verified).toBeGreaterThan(150);
    database.close();
    const picture = PNG.sync.read(readFileSync(join(out, 'certainty.png')));
    expect([picture.width, picture.height]).toEqual([640, 480]);
    const mean = (values: ArrayLike<number>, step = 1) => {
      let sum = 0;
      for (let i = 0; i < values.length; i += step) sum += values[i];
      return (sum * step) / values.length;
    };
    expect(mean(picture.data, 4) / 255).toBeCloseTo(mean(certainty), 1);
    const rebuilt = PNG.sync.read(readFileSync(join(out, 'warp.png')));
    expect([rebuilt.width, rebuilt.height]).toEqual([640, 480]);
  });

  it('leaves out what masks leave out, at any size', async () => {
    const write = (name: string, width: number, height: number, inside: (x: number, y: number) => boolean) => {
      const picture = new PNG({ width, height });
      for (let i = 0; i < width * height; i++)
        picture.data.fill(inside(i % width, Math.floor(i / width)) ? 255 : 0, 4 * i, 4 * i + 3);
      for (let i = 0; i < width * height; i++) picture.data[4 * i + 3] = 255;
      writeFileSync(join(out, name), PNG.sync.write(picture));
      return join(out, name);
    };
    const half = write('half.png', 8, 6, (x) => x < 4);
    mkdirSync(join(out, 'masks'));
    write('masks/b.mask.png', 64, 48, (_, y) => y >= 24);
    const photos = [sample('still-life/a.jpg'), sample('still-life/b.jpg')];
    const to = join(out, 'masked');
    const run = await matchHere(
      ...photos,
      '--out',
      to,
      '--size',
      '256',
      '--mask-a',
      half,
      '--masks',
      join(out, 'masks'),
      '--no-rescue',
      '--full-size',
    );
    expect(run.text).toContain('Only what the masks leave counts.');
    const laid = PNG.sync.read(readFileSync(join(to, 'b-on-a.png')));
    expect([laid.width, laid.height]).toEqual([640, 480]);
    const alphas = (from: number, end: number) =>
      laid.data.filter((value, k) => k % 4 === 3 && value > 0 && (k >> 2) % 640 >= from && (k >> 2) % 640 < end).length;
    expect(alphas(320, 640)).toBe(0);
    expect(alphas(0, 320)).toBeGreaterThan(5000);
    const stated = JSON.parse(readFileSync(join(to, 'panorama.json'), 'utf8'));
    expect(stated).toMatchObject({ picture: 'panorama', origin: { photo: 'a' }, photos: { b: { width: 640 } } });
    expect(stated.homography_a_to_b[2][2]).toBe(1);
    const csv = readFileSync(join(to, 'matches.csv'), 'utf8')
      .split('\n')
      .filter((line) => /^\d/.test(line));
    expect(csv.length).toBeGreaterThan(200);
    for (const [xa, , , yb] of csv.map((line) => line.split(',').map(Number))) {
      expect(xa).toBeLessThan(320);
      expect(yb).toBeGreaterThan(240);
    }
    const tall = write('tall.png', 6, 8, () => true);
    const refused = await matchHere(...photos, '--out', to, '--mask-b', tall);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.text).toMatch(/^The mask “tall.png” has 6 × 8 pixels, another shape than its photo with 640 × 480/);
  });

  it.each([
    [[], 0, /npm run match/],
    [['a.jpg', '--out', 'x'], 1, /^Two photos are wanted/],
    [['a.jpg', 'b.jpg'], 1, /^--out DIR is missing/],
    [['a.jpg', 'b.jpg', '--out', 'x', '--threshold', '-1'], 1, /--threshold/],
    [['nowhere.jpg', 'b.jpg', '--out', 'x'], 1, /^nowhere.jpg cannot be read\. Check its name/],
  ] as const)('%j: exits with %d and says why', async (args, code, message) => {
    // One as a person runs it, for the status of its process.
    const result = await (args[0] === 'nowhere.jpg' ? match : matchHere)(...args);
    expect(result.code).toBe(code);
    expect(result.text).toMatch(message);
  });
});
