import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'jpeg-js';
import { PNG } from 'pngjs';
import initSqlJs from 'sql.js';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { matchSet } from './match-set.ts';
import { ROOT } from './node/tools.mjs';

const folder = mkdtempSync(join(tmpdir(), 'match-set-'));
const photos = join(folder, 'photos');
const sample = (name: string) => join(ROOT, 'public', 'samples', name);

/** What the command says. Small inputs: what is tested is the way of the files, not how well they match. */
async function run(out: string, ...args: string[]): Promise<string> {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  await matchSet(['--set', photos, '--out', join(folder, out), '--size', '192', '--no-rescue', ...args]);
  return said.join('\n');
}

describe('npm run match -- --set', () => {
  beforeAll(() => {
    mkdirSync(photos);
    cpSync(sample('facade/a.jpg'), join(photos, '2.jpg'));
    cpSync(sample('facade/b.jpg'), join(photos, '10.jpg'));
    cpSync(sample('facade/a.jpg'), join(photos, '11 twin.jpg'));
    cpSync(sample('valley/a.jpg'), join(photos, '12.jpg'));
    writeFileSync(join(photos, 'broken.jpg'), readFileSync(sample('facade/a.jpg')).subarray(0, 3000));
    writeFileSync(join(photos, 'empty.png'), '');
    writeFileSync(join(photos, 'notes.txt'), 'not a photo');
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true }));

  test('shards of a bad folder are put together; a missing one is told', async () => {
    const said = await run('out', '--shard', '1/2');
    expect(said).toMatch(/notes\.txt is left out: neither JPEG nor PNG/);
    expect(said).toMatch(/empty\.png is left out/);
    expect(said).toMatch(/11 twin\.jpg is the same file as 2\.jpg/);
    expect(said).toMatch(/When all are: the same command with --merge/);
    await expect(run('out', '--merge')).rejects.toMatchObject({ code: 'set-incomplete' });
    expect(said + (await run('out', '--shard', '2/2'))).toMatch(/broken\.jpg is damaged/);
    expect(await run('out', '--merge')).toMatch(/In no track: .*broken\.jpg/);
    const files = readdirSync(join(folder, 'out'));
    const made = ['database.db', 'colmap', 'features.h5', 'matches.h5', 'tracks.csv', 'tracks.json', 'summary.csv'];
    expect(files).toEqual(expect.arrayContaining(made));
    expect(readdirSync(join(folder, 'out/pairs')).some((name) => name.endsWith('.part'))).toBe(false);
    const { Database } = await initSqlJs();
    const database = new Database(readFileSync(join(folder, 'out/database.db')));
    const [{ values }] = database.exec('SELECT name FROM images ORDER BY image_id');
    expect(values.flat()).toEqual(['2.jpg', '10.jpg', '11 twin.jpg', '12.jpg', 'broken.jpg']);
    const [{ values: pairs }] = database.exec('SELECT rows FROM two_view_geometries WHERE config > 1');
    expect(pairs.length).toBeGreaterThanOrEqual(3);
    database.close();
  });

  test('a run finds what is there, matches a damaged pair again, and makes the same files', async () => {
    const before = readFileSync(join(folder, 'out/tracks.csv'));
    const pair = readdirSync(join(folder, 'out/pairs')).find((name) => name.startsWith('2.jpg--10.jpg'))!;
    const whole = readFileSync(join(folder, 'out/pairs', pair));
    writeFileSync(join(folder, 'out/pairs', pair), whole.subarray(0, whole.length / 2));
    const said = await run('out');
    expect(said.match(/there already/g)).toHaveLength(5);
    // Each photo of that pair once; those of the broken photo's pairs are decoded in vain.
    expect(said).toMatch(/10 pairs in \d+ s; 2 photos encoded/);
    expect(readFileSync(join(folder, 'out/tracks.csv')).equals(before)).toBe(true);
  });

  test('likely pairs leave out the other place, and a sequence all but the next', async () => {
    const said = await run('out', '--pairs', 'likely', '--neighbours', '1');
    expect(said).toMatch(/Likely pairs, by pooled features of the encoder: \d of 10/);
    expect(said).toMatch(/2\.jpg – 11 twin\.jpg: there already/);
    await run('out', '--pairs', 'sequence', '--reach', '1');
    expect(readFileSync(join(folder, 'out/summary.csv'), 'utf8').trim().split('\n')).toHaveLength(4);
  });

  test.each([
    [['--shard', '4/3'], 'usage'],
    [['--shard', '1/3', '--merge'], 'usage'],
    [['--pairs', 'most'], 'usage'],
  ])('%j is refused', async (args, code) => {
    await expect(run('refused', ...args)).rejects.toMatchObject({ code });
  });

  test('masks and measured cameras among the photos hold in all that is written; other cameras need no match', async () => {
    const place = mkdtempSync(join(folder, 'measured-'));
    const to = (name: string) => join(place, name);
    cpSync(sample('facade/a.jpg'), to('left.jpg'));
    cpSync(sample('facade/b.jpg'), to('right.jpg'));
    // The right half of the left photo does not count; the size is no photo's.
    const mask = new PNG({ width: 40, height: 30 });
    mask.data.forEach((_, k) => (mask.data[k] = k % 4 === 3 || (k >> 2) % 40 < 20 ? 255 : 0));
    writeFileSync(to('left.mask.png'), PNG.sync.write(mask));
    const { width, height } = decode(readFileSync(to('left.jpg')));
    const told = (k: number) => `1 SIMPLE_RADIAL ${width} ${height} ${1.1 * width} ${width / 2} ${height / 2} ${k}\n`;
    writeFileSync(to('cameras.txt'), told(-0.02));
    const said: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    const match = (...args: string[]) =>
      matchSet(['--set', place, '--out', to('out'), '--size', '192', '--no-rescue', '--keypoints', '500', ...args]);
    await match();
    expect(said.join('\n')).toMatch(/Measured cameras of 2 of 2 photos/);
    const { Database } = await initSqlJs();
    const open = (name: string) => new Database(readFileSync(to(name)));
    const database = open('out/database.db');
    const [camera, config, points] = [
      'SELECT model, prior_focal_length, params FROM cameras',
      'SELECT config FROM two_view_geometries',
      'SELECT data FROM keypoints WHERE image_id = 1',
    ].map((sql) => database.exec(sql)[0].values);
    expect(camera).toHaveLength(1);
    const [model, prior, params] = camera[0] as [number, number, Uint8Array];
    expect([model, prior]).toEqual([2, 1]);
    expect(new Float64Array(params.slice().buffer)[3]).toBe(-0.02);
    // Both cameras are known, so that the essential matrix is asked; this wall is flat.
    expect([[[2]], [[6]]]).toContainEqual(config);
    const keypoints = new Float32Array((points[0][0] as Uint8Array).slice().buffer);
    expect(keypoints.length).toBeGreaterThan(200);
    for (let k = 0; k < keypoints.length; k += 2) expect(keypoints[k]).toBeLessThan(0.55 * width);
    database.close();

    writeFileSync(to('cameras.txt'), told(-0.3));
    await match();
    expect(said.join('\n')).toMatch(/there already/);
    const bent = open('out/database.db');
    const other = bent.exec('SELECT params FROM cameras')[0].values[0][0] as Uint8Array;
    expect(new Float64Array(other.slice().buffer)[3]).toBe(-0.3);
    bent.close();
    await expect(match('--calibration', to('left.jpg'))).rejects.toMatchObject({ code: 'camera-malformed' });
    await expect(match('--calibration', to('nowhere'))).rejects.toMatchObject({ code: 'file-missing' });
    writeFileSync(to('left.mask.png'), PNG.sync.write(new PNG({ width: 30, height: 40 })));
    await expect(match()).rejects.toMatchObject({ code: 'set-nothing' });
    expect(said.join('\n')).toMatch(/left\.mask\.png.*shape/);
  });

  test('photos without a common scene, and a folder without photos', async () => {
    const few = (...names: string[]) => {
      const place = mkdtempSync(join(folder, 'few-'));
      for (const name of names) cpSync(sample(name), join(place, name.replace('/', '-')));
      return matchSet(['--set', place, '--out', join(place, 'out'), '--size', '192', '--no-rescue']);
    };
    vi.spyOn(console, 'log').mockImplementation(() => {});
    await expect(few('valley/a.jpg', 'still-life/a.jpg')).rejects.toMatchObject({ code: 'set-nothing' });
    await expect(few('valley/a.jpg')).rejects.toMatchObject({ code: 'set-too-small' });
    await expect(matchSet(['--set', join(folder, 'nowhere'), '--out', 'x'])).rejects.toMatchObject({
      code: 'file-missing',
    });
  });
});
