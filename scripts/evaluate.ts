import { writeFileSync } from 'node:fs';
import { readPairs } from './evaluate/pairs.ts';
import { writeReport } from './evaluate/report.ts';
import { evaluateAll, resume, type Run } from './evaluate/run.ts';
import { printSummary } from './evaluate/summary.ts';
import { unrelatedPairs } from './evaluate/unrelated.ts';
import { readArguments, usage } from './node/arguments.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { runCommand } from './node/run-command.ts';

const HELP = `npm run evaluate -- --pairs FILE.json [--model ID|MANIFEST] [--size N] [--no-rescue]
                    [--with-unrelated N] [--json OUT] [--report OUT.html]
Matches every pair with the engine's own code on the native runtime and prints figures per scene and overall.
--with-unrelated adds N pairs of photos from different scenes of the list, and says how the verdict tells them apart.
--json keeps every pair's figures in OUT and goes on from there when started again.
--report writes a page with all figures and pictures of the worst pairs.`;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    { options: ['pairs', 'model', 'size', 'with-unrelated', 'json', 'report'], flags: ['no-rescue', 'help'] },
    argv,
  );
  if (args.has('help') || argv.length === 0) return console.log(HELP);
  const list = args.text('pairs');
  if (list === undefined) throw usage('--pairs FILE.json is missing.');
  const run: Run = {
    model: args.text('model') ?? modelIds()[0],
    size: args.count('size') ?? null,
    rescue: !args.has('no-rescue'),
    pairs: list,
    results: [],
  };
  const json = args.text('json');
  if (json !== undefined) resume(run, json);
  const listed = readPairs(list);
  const pairs = [...listed, ...unrelatedPairs(listed, args.count('with-unrelated') ?? 0)];
  const matcher = await loadMatcher(run.model);
  await evaluateAll(run, pairs, matcher, json);
  printSummary(run.results);
  const report = args.text('report');
  if (report !== undefined) writeFileSync(report, await writeReport(run, pairs, matcher));
}

runCommand(import.meta.url, main);
