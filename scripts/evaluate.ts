import { writeFileSync } from 'node:fs';
import { readAllListed } from './evaluate/benchmarks/index.ts';
import { PROTOCOL_NAMES, protocolOf } from './evaluate/protocols.ts';
import { writeReport } from './evaluate/report.ts';
import { evaluateAll, resume, type Run } from './evaluate/run.ts';
import { printSummary } from './evaluate/summary.ts';
import { unrelatedPairs } from './evaluate/unrelated.ts';
import { readArguments, usage } from './node/arguments.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { runCommand } from './node/run-command.ts';

const HELP = `npm run evaluate -- --pairs LIST[,LIST…] [--images DIR] [--protocol loftr|glue-factory|xfeat|roma] [--model ID|MANIFEST]
                    [--size N] [--no-rescue] [--with-unrelated N] [--json OUT] [--report OUT.html]
Matches every pair with the engine's own code on the native runtime and prints figures per scene and overall.
LIST is this project's JSON, or MegaDepth-1500 or ScanNet-1500 as LoFTR and RoMa (a scene's .npz, test.npz, or their folder),
glue-factory (pairs_calibrated.txt, or a folder with views.txt) or XFeat (JSON, test.npz) have them.
Several lists of this project's own, folders of npm run lift among them, are measured as one, and verdicts told for each.
--images is the folder that the names of photos begin in (as a rule: the list's own).
--protocol says whose resizing and thresholds count for published lists; without it those of the list's authors.
--with-unrelated adds N pairs of photos from different scenes of the list, and says how the verdict tells them apart.
--json keeps every pair's figures in OUT and goes on from there when started again.
--report writes a page with all figures and pictures of the worst pairs.`;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    {
      options: ['pairs', 'images', 'protocol', 'model', 'size', 'with-unrelated', 'json', 'report'],
      flags: ['no-rescue', 'help'],
    },
    argv,
  );
  if (args.has('help') || argv.length === 0) return console.log(HELP);
  const list = args.text('pairs');
  if (list === undefined) throw usage('--pairs FILE.json is missing.');
  const {
    pairs: listed,
    benchmark,
    protocol: theirs,
  } = await readAllListed(list.split(','), args.text('images') ?? null);
  const name = args.choice('protocol', PROTOCOL_NAMES) ?? theirs;
  if (name && !benchmark) throw usage('--protocol is for lists of MegaDepth-1500 and ScanNet-1500.');
  const protocol = name && benchmark ? protocolOf(name, benchmark) : null;
  const run: Run = {
    model: args.text('model') ?? modelIds()[0],
    size: args.count('size') ?? null,
    rescue: !args.has('no-rescue'),
    pairs: list,
    protocol: protocol?.name ?? null,
    results: [],
  };
  const json = args.text('json');
  if (json !== undefined) resume(run, json);
  // Of made views only the list knows which show the same: one photo may have been lifted, or its texture used, twice.
  const photographed = listed.filter(({ list: of, kind }) => !of || kind !== 'warp');
  const pairs = [...listed, ...unrelatedPairs(photographed, args.count('with-unrelated') ?? 0)];
  const matcher = await loadMatcher(run.model);
  await evaluateAll(run, pairs, matcher, json, protocol);
  printSummary(run.results, protocol);
  const report = args.text('report');
  if (report !== undefined) writeFileSync(report, await writeReport(run, pairs, matcher, protocol));
}

runCommand(import.meta.url, main);
