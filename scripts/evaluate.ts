import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge, NO_RESCUE, refine } from '../src/engine/refine.ts';
import { verdictOf } from '../src/engine/verdict.ts';
import type { Verdict } from '../src/shared/protocol.ts';
import { type DenseMeasures, measureHomography } from './evaluate/measure.ts';
import { type EvaluationPair, readPairs } from './evaluate/pairs.ts';
import { printSummary } from './evaluate/summary.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { FilePhoto } from './node/photo.ts';

const USAGE = `npm run evaluate -- --pairs FILE.json [--model ID|MANIFEST] [--size N] [--no-rescue] [--json OUT]
Matches every pair with the engine's own code on the native runtime and prints figures per scene and overall.
--json keeps every pair's figures in OUT and goes on from there when started again.`;

/** What is kept of one pair. */
export interface PairResult {
  name: string;
  scene: string;
  kind: EvaluationPair['kind'];
  milliseconds: number;
  verdict: Verdict;
  rescue: { tried: boolean; quarterTurns: number; scale: number };
  dense?: DenseMeasures;
}

interface Run {
  model: string;
  size: number | null;
  rescue: boolean;
  pairs: string;
  results: PairResult[];
}

const { values } = parseArgs({
  options: {
    pairs: { type: 'string' },
    model: { type: 'string', default: modelIds()[0] },
    size: { type: 'string' },
    'no-rescue': { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || !values.pairs) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const run: Run = {
  model: values.model,
  size: values.size ? Number(values.size) : null,
  rescue: !values['no-rescue'],
  pairs: values.pairs,
  results: [],
};
if (values.json && existsSync(values.json)) resume(run, values.json);

const pairs = readPairs(values.pairs);
const matcher = await loadMatcher(run.model);
for (const [i, pair] of pairs.entries()) {
  if (run.results.some(({ name }) => name === pair.name)) continue;
  progress(i, pairs.length, pair.name);
  run.results.push(await evaluate(pair));
  if (values.json) writeFileSync(values.json, JSON.stringify(run, null, 1));
}
progress(pairs.length, pairs.length, '');
printSummary(run.results);

async function evaluate(pair: EvaluationPair): Promise<PairResult> {
  const photos = { a: new FilePhoto(pair.a), b: new FilePhoto(pair.b) };
  const start = performance.now();
  const plan = { longSide: { a: run.size, b: run.size }, frame: null };
  const first = await judge(matcher, await matcher.match(photos, plan));
  const match = run.rescue ? await refine(matcher, photos, run.size, first) : { ...first, rescue: NO_RESCUE };
  const milliseconds = performance.now() - start;
  const result: PairResult = {
    name: pair.name,
    scene: pair.scene,
    kind: pair.kind,
    milliseconds,
    verdict: verdictOf(match.statistics, matcher.matcher.manifest.verdict),
    rescue: match.rescue,
  };
  if (pair.kind === 'homography') {
    result.dense = measureHomography(await matcher.backend.readField(match.field, 'a'), photos.b.size, pair.H);
  }
  return result;
}

/** Takes over the results of an interrupted run, if it was the same run. */
function resume(wanted: Run, path: string): void {
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Run;
  const same = (['model', 'size', 'rescue', 'pairs'] as const).every((key) => kept[key] === wanted[key]);
  if (!same) throw new Error(`${path} holds another run (${kept.model}, ${kept.pairs}): name another file.`);
  wanted.results = kept.results;
}

function progress(done: number, total: number, name: string): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((24 * done) / total);
  process.stderr.write(`\r\x1b[K[${'█'.repeat(filled)}${'·'.repeat(24 - filled)}] ${done}/${total} ${name}`);
  if (done === total) process.stderr.write('\n');
}
