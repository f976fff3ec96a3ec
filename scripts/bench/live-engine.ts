import { join } from 'node:path';
import { CpuBackend } from '../../src/matching/backend/cpu-backend.ts';
import { FeatureCache } from '../../src/matching/feature-cache.ts';
import { PairMatcher } from '../../src/matching/pair-matcher.ts';
import { loadMatcher, modelIds } from '../node/load-matcher.ts';
import { NodeRuntime } from '../node/ort-node.ts';
import { FilePhoto } from '../node/photo.ts';
import { ROOT } from '../node/tools.mjs';

// `npx tsx scripts/bench/live-engine.ts [PICTURES] [SIZE]`: what a film costs the engine, without a browser: each picture is matched with
// one still and freed, as src/pages/match/worker/live-frame.ts does. Prints memory every hundred, and the time of a picture as a
// share of that of a single match, measured in turn.
const [pictures, longSide] = [Number(process.argv[2] ?? 600), Number(process.argv[3] ?? 64)];
const { matcher } = await loadMatcher(modelIds()[0]);
const cache = new FeatureCache();
const pair = new PairMatcher(matcher, new CpuBackend(new NodeRuntime()), cache);
const sample = (name: string) => FilePhoto.open(join(ROOT, 'public', 'samples', 'still-life', name));
const photos = { a: await sample('a.jpg'), b: await sample('b.jpg') };
const plan = { longSide: { a: longSide, b: longSide }, frame: null };
const named = (key: string, photo: FilePhoto) => ({ key, size: photo.size, pixels: () => photo.pixels() });

async function timed(a: string, b: string, passing: readonly string[]): Promise<number> {
  const start = performance.now();
  const { field } = await pair.match({ a: named(a, photos.a), b: named(b, photos.b) }, plan);
  const time = performance.now() - start;
  pair.backend.dispose(field);
  for (const key of passing) cache.forget(`${key}/`);
  return time;
}

const times: { live: number[]; single: number[] } = { live: [], single: [] };
for (let i = 1; i <= pictures; i++) {
  times.live.push(await timed('still', `film-${i}`, [`film-${i}`]));
  if (i % 20 === 0) times.single.push(await timed(`a-${i}`, `b-${i}`, [`a-${i}`, `b-${i}`]));
  if (i % 100 === 0) {
    const { rss, heapUsed } = process.memoryUsage();
    const [all, heap] = [rss, heapUsed].map((bytes) => (bytes / 2 ** 20).toFixed(0));
    console.log(`${i} pictures: ${all} MB in memory, heap ${heap} MB, features of ${cache.size} photo(s)`);
  }
}
const median = (values: number[]) => values.toSorted((x, y) => x - y)[values.length >> 1];
const [live, single] = [median(times.live), median(times.single)];
console.log(`a picture ${live.toFixed(1)} ms, a single match ${single.toFixed(1)} ms: ${(live / single).toFixed(2)}`);
