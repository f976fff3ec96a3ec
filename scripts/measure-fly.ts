import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Vector3 } from '../src/core/rotation.ts';
import { median } from '../src/geometry/measures.ts';
import { sceneAbstention } from '../src/pages/match/worker/fly/scene-abstention.ts';
import { hopefulPairs, hopelessPairs, type JudgedPair, type PairKind } from './fly/abstention-pairs.ts';
import { fitCameras, matchPixels, measureTriplet, QUIET, type TripletResult } from './fly/measure-triplet.ts';
import { liftedTriplets, realTriplets, splatTriplets, type Triplet } from './fly/triplets.ts';
import { readArguments, usage } from './node/arguments.ts';
import { loadMatcher, modelIds } from './node/load-matcher.ts';
import { photoPaths } from './node/photo-files.ts';
import { runCommand } from './node/run-command.ts';
import { ROOT } from './node/tools.mjs';

const HELP = `npx tsx scripts/measure-fly.ts [--pairs eval3d/pairs.json] [--photos DIR] [--scenes A.ply,B.spz] [--count 12]
npx tsx scripts/measure-fly.ts --abstain --pairs eval3d/pairs.json --photos DIR [--part 2/4]
Triplets: a scene is made of two photos, and looked at from the place of a third that it never saw; the same place is guessed by a
cross-fade and by the morph, each at its best share of the way. PSNR and SSIM over the pixels that the scene covers.
--refine STEPS: cameras refined through the differentiable rasteriser first.
--guess: with the lift studio's guess of depth and sky from either photo as the monocular map.
--abstain: 102 pairs that make no scene (two places, a mere turn, a plane) and 100 that make one; how many of each are told right, and
how far the direction to B is off. Matched with the page's tries, as there. --part K/N: every N-th pair of both lists alone.
The samples of this repository are always among the lifted photos and the scenes.`;

const SAMPLES = join(ROOT, 'public', 'samples');

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments(
    { options: ['pairs', 'photos', 'scenes', 'count', 'refine', 'part'], flags: ['abstain', 'guess', 'help'] },
    argv,
  );
  if (args.has('help')) return console.log(HELP);
  const list = args.text('pairs');
  const folder = args.text('photos');
  const photos = folder === undefined ? [] : spread(photoPaths([folder]), args.count('count') ?? 12);
  const scenes = [join(SAMPLES, 'gaussians', 'kitchen-table.spz'), ...(args.text('scenes')?.split(',') ?? [])];
  const matcher = await loadMatcher(modelIds()[0]);
  if (args.has('abstain')) {
    if (list === undefined || folder === undefined) throw usage('--abstain needs --pairs and --photos.');
    const all = photoPaths([folder]);
    await tellAbstentions(
      matcher,
      [hopelessPairs(spread(all, HOPELESS_EACH), HOPELESS_EACH), hopefulPairs(all, scenes, list, HOPEFUL)],
      partOf(args.text('part')),
    );
    return;
  }
  const lifted = ['still-life', 'valley', 'square'].map((name) => ({
    path: join(SAMPLES, name, 'a.jpg'),
    depth: join(SAMPLES, name, 'disparity-a.png'),
  }));
  const results: TripletResult[] = [];
  const sources: AsyncGenerator<Triplet>[] = [
    liftedTriplets([
      ...lifted.filter(({ depth }) => existsSync(depth)),
      ...photos.map((path) => ({ path, depth: null })),
    ]),
    splatTriplets(scenes, Math.ceil(8 / scenes.length)),
  ];
  if (list !== undefined) sources.unshift(realTriplets(list));
  for (const source of sources) {
    for await (const triplet of source) {
      try {
        const result = await measureTriplet(matcher, triplet, {
          isGuessed: args.has('guess'),
          steps: args.count('refine') ?? 0,
        });
        results.push(result);
        console.log(rowOf(result));
      } catch (thrown) {
        console.log(
          `${triplet.kind.padEnd(7)} ${triplet.name.padEnd(42)} ${thrown instanceof Error ? thrown.message : thrown}`,
        );
      }
    }
  }
  for (const kind of ['real', 'lifted', 'splats'] as const) {
    const of = results.filter((result) => result.kind === kind && !result.abstained);
    if (!of.length) continue;
    const mean = (value: (result: TripletResult) => number) => of.reduce((sum, one) => sum + value(one), 0) / of.length;
    const both = (name: 'splats' | 'crossFade' | 'morph') =>
      `${mean((r) => r[name].psnr).toFixed(2)} dB ${mean((r) => r[name].ssim).toFixed(3)}`;
    const all = results.filter((result) => result.kind === kind).length;
    console.log(
      `${kind}: ${of.length} of ${all} flown; splats ${both('splats')}, cross-fade ${both('crossFade')}, ` +
        `morph ${both('morph')}; covered ${(100 * mean((r) => r.coverage)).toFixed(0)} %, ` +
        `built in ${mean((r) => r.build).toFixed(0)} ms`,
    );
  }
}

function rowOf({ kind, name, splats, crossFade, morph, coverage, abstained }: TripletResult): string {
  const figures = [splats, crossFade, morph].map(({ psnr, ssim }) => `${psnr.toFixed(2)}/${ssim.toFixed(3)}`);
  const covered = `${Math.round(100 * coverage)} %`;
  return [kind.padEnd(7), name.padEnd(42), ...figures, covered, abstained ? `abstains: ${abstained.reason}` : ''].join(
    '  ',
  );
}

/** Pairs of each of the three kinds that make no scene, and pairs that make one. */
const HOPELESS_EACH = 34;
const HOPEFUL = 100;

/** Which pairs of a list belong to the part `K/N`; all of them without one. */
function partOf(text: string | undefined): (index: number) => boolean {
  if (text === undefined) return () => true;
  const [part, parts] = text.split('/').map(Number);
  if (!(part >= 1 && part <= parts)) throw usage('--part is one of as many, as in 2/4.');
  return (index) => index % parts === part - 1;
}

async function tellAbstentions(
  matcher: Awaited<ReturnType<typeof loadMatcher>>,
  sources: readonly AsyncGenerator<JudgedPair>[],
  isAsked: (index: number) => boolean,
): Promise<void> {
  const counts = new Map<PairKind, { pairs: number; abstained: number; off: number[] }>();
  for (const source of sources) {
    let index = 0;
    for await (const { name, kind, a, b, focal, towards } of source) {
      if (!isAsked(index++)) continue;
      const { fields, verdict } = await matchPixels(matcher, a, b, true);
      let off: number | null = null;
      let reason: string | null = verdict.kind === 'none' ? 'unrelated' : null;
      if (!reason) {
        try {
          const fitted = await fitCameras(fields, { a: focal, b: focal }, verdict.kind);
          reason = (await sceneAbstention(fitted, verdict.kind, QUIET))?.reason ?? null;
          off = towards && degreesBetween(fitted.result.cameras!.translation, towards);
        } catch {
          reason = 'no cameras';
        }
      }
      const count = counts.get(kind) ?? { pairs: 0, abstained: 0, off: [] };
      if (!reason && off !== null) count.off.push(off);
      counts.set(kind, { pairs: count.pairs + 1, abstained: count.abstained + (reason ? 1 : 0), off: count.off });
      const way = off === null ? '' : `  the way to B ${off.toFixed(1)}° off`;
      console.log(`${kind.padEnd(9)}  ${basename(name).padEnd(40)}  ${reason ?? 'flown'}${way}`);
    }
  }
  for (const [kind, { pairs, abstained, off }] of counts) {
    const way = off.length
      ? `; way to B off by ${median(off).toFixed(1)}°, at most ${Math.max(...off).toFixed(1)}°`
      : '';
    console.log(`${kind}: abstained in ${abstained} of ${pairs}${way}`);
  }
}

const degreesBetween = (a: Vector3, b: Vector3): number => {
  const dot = a.reduce((sum, value, k) => sum + value * b[k], 0);
  return (Math.acos(Math.min(1, Math.max(-1, dot / (Math.hypot(...a) * Math.hypot(...b))))) * 180) / Math.PI;
};

/** So many of a list, spread over all of it. */
const spread = <T>(list: readonly T[], count: number): T[] =>
  Array.from(
    { length: Math.min(count, list.length) },
    (_, k) => list[Math.floor((k * list.length) / Math.min(count, list.length))],
  );

runCommand(import.meta.url, main);
