import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CodedError } from '../src/core/errors.ts';
import type { Side } from '../src/core/geometry.ts';
import { encodeSplatPly } from '../src/formats/splats/write-ply.ts';
import { encodeSpz } from '../src/formats/splats/write-spz.ts';
import { crossPsnr, seenPair } from '../src/gaussians/depthsplat/cross-psnr.ts';
import { SCALE_FACTORS } from '../src/gaussians/depthsplat/scale-factors.ts';
import { makeScene } from '../src/gaussians/depthsplat/scene.ts';
import { type GaussianTable, selectGaussians } from '../src/gaussians/table.ts';
import { buildTwoViewScene, type TwoViewPhoto } from '../src/gaussians/two-view/build.ts';
import { DEFAULT_FIT, DEFAULT_VIEW } from '../src/pages/match/params.ts';
import { fitMatch } from '../src/pages/match/worker/geometry/fit-match.ts';
import { sceneAbstention } from '../src/pages/match/worker/fly/scene-abstention.ts';
import { networkInput } from '../src/pages/match/worker/network-scene/network-input.ts';
import { sampleMatches } from '../src/compute/sample-matches/cpu.ts';
import type { Arguments } from './node/arguments.ts';
import { usage } from './node/arguments.ts';
import { loadMatcher } from './node/load-matcher.ts';
import { loadSplats } from './node/load-splats.ts';
import { type MatchedPair, matchPair } from './node/match-pair.ts';
import { focalOf } from './node/photo.ts';

/** What `npm run scene -- --pair` takes beside the two photos. */
export const PAIR_OPTIONS = ['model', 'matcher', 'fov', 'factor'] as const;

export const PAIR_HELP = `npm run scene -- --pair A B --out FILE.ply|FILE.spz [--model DIR] [--matcher embedded] [--fov DEGREES] [--factor 1]
Makes one scene of Gaussians of two photos (JPEG, PNG): their match gives the pose, EXIF, --fov or a usual lens the focal length.
With --model, a DepthSplat that npm run convert made, its Gaussians; the scale that suits the network is searched for, or given
with --factor. Without, Gaussians of the match itself. Photos that tell no depth make no scene, and a sentence says why.`;

/** One scene of two photos. @throws CodedError `scene-abstained`, `usage`, and what matching and reading throw */
export async function scenePair(args: Arguments): Promise<void> {
  const [a, b, ...others] = args.positionals;
  if (a === undefined || b === undefined || others.length) throw usage('--pair takes two photos.');
  const out = args.text('out');
  const write = out?.endsWith('.spz') ? encodeSpz : out?.endsWith('.ply') ? encodeSplatPly : null;
  if (out === undefined || write === null) throw usage('--out must be a file that ends in .ply or .spz.');
  const fov = numberOf(args, 'fov');
  const factor = numberOf(args, 'factor');
  const model = args.text('model');
  // A wrong folder is told before the photos are matched.
  const network = model === undefined ? null : await loadSplats(model);
  try {
    const matcher = await loadMatcher(args.text('matcher') ?? 'embedded');
    const matched = await matchPair(matcher, { a, b }, { size: null, rescue: true });
    const { fields, verdict, photos } = matched;
    console.log(`${basename(a)} and ${basename(b)}: ${verdict.sentence} (${seconds(matched.milliseconds)})`);
    const run = { signal: new AbortController().signal, onProgress: () => {} };
    const fitted = await fitMatch(
      {
        settings: { ...DEFAULT_FIT, model: 'essential', fov: { a: fov, b: fov } },
        certainty: DEFAULT_VIEW.threshold,
        cycleLimit: 0,
      },
      {
        photos: { a: fields.a.photo, b: fields.b.photo },
        exifFocal: { a: await focalOf(a), b: await focalOf(b) },
        verdict: verdict.kind,
        sample: async (options) => sampleMatches(fields, options).rows,
        readField: async (side) => fields[side],
      },
      run,
    );
    const { result } = fitted;
    const cameras = result.cameras!;
    const refused = await sceneAbstention(fitted, verdict.kind, run);
    if (refused) throw new CodedError('scene-abstained', refused.sentence, 'Take photos from places further apart.');
    for (const side of ['a', 'b'] as const) {
      const { source, focal, fov: degrees } = cameras.intrinsics[side];
      console.log(
        `Photo ${side.toUpperCase()}: focal length ${focal.toFixed(0)} px, ${degrees.toFixed(1)}° (${source})`,
      );
    }
    const ofMatch = () =>
      buildTwoViewScene({
        photos: { a: photoOf(matched, cameras, 'a'), b: photoOf(matched, cameras, 'b') },
        pose: cameras,
      });
    let table: GaussianTable;
    if (network) {
      const started = performance.now();
      const input = networkInput(
        { pixels: { a: photos.a.pixels(), b: photos.b.pixels() }, photos: sizes(matched), fields, fitted },
        network.manifest,
      );
      const seen = await network.look(input.image);
      const looked = performance.now();
      console.log(`Photos looked at in ${seconds(looked - started)}`);
      try {
        const scene = await makeScene(
          input,
          async (sweep) => {
            const output = await network.splats(seen, sweep);
            return { depth: output.depth, gaussians: output.gaussians! };
          },
          { factors: factor === null ? SCALE_FACTORS : [factor] },
        );
        table = scene.table;
        const tried = scene.tries.map(({ factor: by, psnr }) => `${by}: ${psnr.toFixed(2)} dB`).join(', ');
        console.log(
          `Scale ${scene.factor}${factor === null ? ` by drawing each photo from the other (${tried})` : ' as given'}, ${seconds(performance.now() - looked)}; ` +
            `baseline ${scene.baseline.toFixed(3)}, median depth ${scene.middle.toFixed(2)}. No unit of length is known.`,
        );
        const own = ofMatch();
        const range = (begin: number, end: number) => Uint32Array.from({ length: end - begin }, (_, i) => begin + i);
        const parts = {
          a: selectGaussians(own.table, range(0, own.counts.a)),
          b: selectGaussians(own.table, range(own.counts.a, own.table.count)),
        };
        console.log(
          `Each photo drawn from the other's Gaussians: ${scene.psnr.toFixed(2)} dB; from the match's own: ` +
            `${crossPsnr(parts, seenPair(input, own.cameras)).toFixed(2)} dB (over what both show)`,
        );
      } finally {
        seen.dispose();
      }
    } else {
      table = ofMatch().table;
    }
    const bytes = write(table);
    writeFileSync(out, await bytes);
    console.log(`${table.count} Gaussians in ${out}`);
  } finally {
    await network?.release();
  }
}

const sizes = ({ fields }: MatchedPair) => ({ a: fields.a.photo, b: fields.b.photo });

function photoOf(
  { photos, fields }: MatchedPair,
  { intrinsics }: { readonly intrinsics: Record<Side, { readonly focal: number }> },
  side: Side,
): TwoViewPhoto {
  const { photo } = fields[side];
  const { focal } = intrinsics[side];
  return {
    pixels: photos[side].pixels(),
    photo,
    field: fields[side],
    focal: [focal / photo.width, focal / photo.height],
    prior: null,
    sky: null,
  };
}

function numberOf(args: Arguments, name: string): number | null {
  const text = args.text(name);
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw usage(`--${name} must be a number above zero, not "${text}".`);
  return value;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
