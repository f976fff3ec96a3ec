import { median } from '../src/geometry/measures.ts';
import { BilinearReader } from '../src/compute/field/bilinear.ts';
import type { PlainField } from '../src/compute/field/cpu.ts';
import type { Pixels } from '../src/compute/preprocess/cpu.ts';
import type { CpuPhoto } from '../src/matching/backend/cpu-backend.ts';
import { judge } from '../src/matching/judged.ts';
import { refine } from '../src/matching/refine.ts';
import { toSubpixel } from '../src/matching/search/subpixel.ts';
import { verdictOf } from '../src/matching/verdict.ts';
import { seededRandom } from '../src/geometry/random.ts';
import { readArguments, usage } from './node/arguments.ts';
import { loadMatcher } from './node/load-matcher.ts';
import { FilePhoto } from './node/photo.ts';
import { runCommand } from './node/run-command.ts';

const HELP = `A photo and crops of 1/2, 1/4, 1/8 and 1/16 of its sides, matched in both orders: verdict, overlaps and the error in
the photo's own pixels.

  npx tsx scripts/measure-crops.ts PHOTO… [--shares 2,4,8,16] [--seed N] [--model ID] [--size N]`;

async function main(argv: readonly string[]): Promise<void> {
  const args = readArguments({ options: ['shares', 'seed', 'model', 'size'], flags: ['help'] }, argv);
  if (args.has('help')) return console.log(HELP);
  if (args.positionals.length === 0) throw usage('Name at least one photo.');
  const shares = (args.text('shares') ?? '2,4,8,16').split(',').map(Number);
  const matcher = await loadMatcher(args.text('model') ?? 'embedded');
  const longSide = args.count('size') ?? null;
  console.log(
    '| photo | crop | order | verdict | of the crop | of the photo (1/k²) | median error, px | ≤ 3 px | tries | s |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const path of args.positionals) {
    const whole = await FilePhoto.open(path);
    const random = seededRandom(args.count('seed') ?? 1);
    for (const k of shares) {
      const part = cropped(path, whole.pixels(), k, random(), random());
      for (const order of ['crop first', 'photo first'] as const) {
        const photos = order === 'crop first' ? { a: part.photo, b: whole } : { a: whole, b: part.photo };
        const start = performance.now();
        const plan = { longSide: { a: longSide, b: longSide }, frame: null };
        const first = await judge(matcher, await matcher.match(photos, plan));
        const match = await toSubpixel(matcher, photos, await refine(matcher, photos, longSide, first));
        const seconds = (performance.now() - start) / 1000;
        const [own, other] = order === 'crop first' ? (['a', 'b'] as const) : (['b', 'a'] as const);
        const { kind, overlap } = verdictOf(match.statistics, matcher.matcher.manifest.verdict, match.rescue);
        const errors = errorsOf(match.field[own], part.at, whole.size);
        const within = errors.filter((error) => error <= 3).length / errors.length;
        const row = [
          path.split('/').at(-1),
          `1/${k}`,
          order,
          kind,
          overlap[own].toFixed(3),
          `${overlap[other].toFixed(4)} (${(1 / k ** 2).toFixed(4)})`,
          median(errors).toFixed(2),
          within.toFixed(3),
          match.tries,
          seconds.toFixed(1),
        ];
        console.log(`| ${row.join(' | ')} |`);
      }
    }
  }
}

interface Crop {
  photo: CpuPhoto;
  /** Its top left corner in the photo. */
  at: { x: number; y: number };
}

/** 1/k of each side at a share of the way that is left, pixel for pixel. */
function cropped(path: string, whole: Pixels, k: number, right: number, down: number): Crop {
  const [width, height] = [Math.round(whole.width / k), Math.round(whole.height / k)];
  const at = { x: Math.floor(right * (whole.width - width)), y: Math.floor(down * (whole.height - height)) };
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 4 * ((at.y + y) * whole.width + at.x);
    data.set(whole.data.subarray(from, from + 4 * width), 4 * y * width);
  }
  const size = { width, height };
  return { photo: { key: `${path}-crop-${k}-${at.x}-${at.y}`, size, pixels: () => ({ data, ...size }) }, at };
}

/** Distances in the photo's pixels between where the crop's grid says its places lie and where they do. */
function errorsOf(field: PlainField, at: Crop['at'], whole: { width: number; height: number }): number[] {
  const reader = new BilinearReader(field.grid);
  const plane = field.grid.width * field.grid.height;
  const errors: number[] = [];
  const steps = 64;
  for (let row = 0; row < steps; row++) {
    for (let column = 0; column < steps; column++) {
      const [u, v] = [(column + 0.5) / steps, (row + 0.5) / steps];
      reader.seek(2 * u - 1, 2 * v - 1);
      const x = ((reader.readContinued(field.warp) + 1) / 2) * whole.width;
      const y = ((reader.readContinued(field.warp, plane) + 1) / 2) * whole.height;
      errors.push(Math.hypot(x - at.x - u * field.photo.width, y - at.y - v * field.photo.height));
    }
  }
  return errors;
}

runCommand(import.meta.url, main);
