import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { rotationOfQuaternion } from '../src/core/rotation.ts';
import { invert3, multiply3, type Matrix3 } from '../src/core/matrix3.ts';
import { apply3, dot3, transpose3, unit3, type Vector3 } from '../src/geometry/linear-algebra.ts';
import { readPairs } from './evaluate/pairs.ts';
import { readArguments, usage } from './node/arguments.ts';
import { runCommand } from './node/run-command.ts';
import { matchSet } from './match-set.ts';
import { type Camera, type KnownPose, knownPoses, trueCameras } from './measure-set/truth.ts';

const HELP = `npx tsx scripts/measure-set.ts DIR [--truth pairs.json] [--out DIR] [-- options of npm run match -- --set]
Matches the photos of DIR as a set, lets COLMAP's mapper reconstruct them, and tells how many were registered, the mean track length,
the reprojection error and, where the list of pairs has poses, how far the cameras are from theirs.
Needs COLMAP on the path (Debian: apt-get install colmap) and says so where it is absent.`;

async function main(argv: readonly string[]): Promise<void> {
  const split = argv.indexOf('--');
  const args = readArguments({ options: ['truth', 'out'], flags: ['help'] }, split < 0 ? argv : argv.slice(0, split));
  const [folder] = args.positionals;
  if (args.has('help') || folder === undefined) return console.log(HELP);
  if (!hasColmap()) return console.log('COLMAP is not installed here: nothing was measured.');
  const out = args.text('out') ?? mkdtempSync(join(tmpdir(), 'measure-set-'));
  const model = join(out, 'sparse');
  await matchSet(['--set', folder, '--out', out, ...(split < 0 ? [] : argv.slice(split + 1))]);
  rmSync(model, { recursive: true, force: true });
  mkdirSync(model);
  const start = performance.now();
  colmap('mapper', ['database_path', join(out, 'database.db')], ['image_path', folder], ['output_path', model]);
  console.log(
    `COLMAP's mapper: ${((performance.now() - start) / 1000).toFixed(0)} s, ${readdirSync(model).length} model(s)`,
  );
  if (!readdirSync(model).includes('0')) throw usage('The mapper found no model.');
  const analysed = colmap('model_analyzer', ['path', join(model, '0')]);
  console.log(
    analysed
      .trim()
      .split('\n')
      .filter((line) => /Registered|Points|track|error/.test(line))
      .join('\n'),
  );
  const text = join(out, 'text');
  mkdirSync(text, { recursive: true });
  colmap('model_converter', ['input_path', join(model, '0')], ['output_path', text], ['output_type', 'TXT']);
  const cameras = readCameras(readFileSync(join(text, 'images.txt'), 'utf8'));
  const truth = args.text('truth');
  if (truth) report(cameras, knownPoses(readPairs(truth).filter(({ a }) => basename(dirname(a)) === basename(folder))));
}

function hasColmap(): boolean {
  try {
    colmap('help');
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

function colmap(command: string, ...options: [name: string, value: string][]): string {
  const words = options.flatMap(([name, value]) => [`--${name}`, value]);
  // Debian's COLMAP opens a window's library even where it shows none.
  const env = { ...process.env, QT_QPA_PLATFORM: 'offscreen' };
  return execFileSync('colmap', [command, ...words], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** images.txt of a COLMAP model: every other line is an image, `ID QW QX QY QZ TX TY TZ CAMERA NAME`. */
function readCameras(text: string): Map<string, Camera> {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const images = lines.filter((_, i) => i % 2 === 0 && lines[i].trim());
  return new Map(
    images.map((line) => {
      const [, w, x, y, z, tx, ty, tz, , ...name] = line.split(' ').map((word, k) => (k < 9 ? Number(word) : word)) as [
        ...number[],
      ];
      const rotation = rotationOfQuaternion([w, x, y, z]);
      const centre = apply3(transpose3(rotation), [-tx, -ty, -tz]) as Vector3;
      return [name.join(' '), { rotation, centre }];
    }),
  );
}

/** How far the cameras are from those that pairs with poses tell. */
function report(cameras: Map<string, Camera>, poses: readonly KnownPose[]): void {
  const relative = poses.flatMap((pose) => {
    const [a, b] = [cameras.get(pose.a), cameras.get(pose.b)];
    if (!a || !b) return [];
    const step = unit3(apply3(b.rotation, a.centre.map((value, k) => value - b.centre[k]) as unknown as Vector3));
    const turned = angle(multiply3(b.rotation, transpose3(a.rotation)), pose.rotation);
    return [{ turned, direction: (Math.acos(Math.min(1, dot3(step, pose.translation))) * 180) / Math.PI }];
  });
  const largest = (key: 'turned' | 'direction') => Math.max(...relative.map((one) => one[key])).toFixed(3);
  console.log(
    `${relative.length} of ${poses.length} pairs: rotation ≤ ${largest('turned')}°, direction of the translation ≤ ${largest('direction')}°`,
  );
  const truth = trueCameras(poses);
  const names = [...truth.keys()].filter((name) => cameras.has(name));
  const aligned = align(
    names.map((name) => cameras.get(name)!),
    names.map((name) => truth.get(name)!),
  );
  const scene = Math.max(
    ...names.flatMap((p) => names.map((q) => distance(truth.get(p)!.centre, truth.get(q)!.centre))),
  );
  names.forEach((name, i) => {
    const degrees = angle(aligned[i].rotation, truth.get(name)!.rotation);
    const share = distance(aligned[i].centre, truth.get(name)!.centre) / scene;
    console.log(`${name}: ${degrees.toFixed(3)}°, ${(100 * share).toFixed(3)} % of the cameras' extent`);
  });
  const worst = Math.max(...names.map((name, i) => angle(aligned[i].rotation, truth.get(name)!.rotation)));
  const furthest = Math.max(...names.map((name, i) => distance(aligned[i].centre, truth.get(name)!.centre) / scene));
  console.log(
    `after alignment, ${names.length} of ${truth.size} cameras that the pairs tie together: ≤ ${worst.toFixed(3)}°, ` +
      `≤ ${(100 * furthest).toFixed(3)} % of their extent`,
  );
}

/** The first cameras after the similarity that takes their centres nearest to the second's (Umeyama 1991). */
function align(from: readonly Camera[], to: readonly Camera[]): Camera[] {
  // The mean rotation of the world between both: more sure than that of a few centres on a line.
  const between = nearestRotation(from.map((camera, i) => multiply3(transpose3(to[i].rotation), camera.rotation)));
  const moved = from.map(({ centre }) => apply3(between, centre));
  const mean = (points: readonly (readonly number[])[]) =>
    [0, 1, 2].map((k) => points.reduce((sum, p) => sum + p[k], 0) / points.length);
  const [m, n] = [mean(moved), mean(to.map(({ centre }) => centre))];
  let [above, below] = [0, 0];
  moved.forEach((p, i) => {
    for (let k = 0; k < 3; k++) {
      above += (p[k] - m[k]) * (to[i].centre[k] - n[k]);
      below += (p[k] - m[k]) ** 2;
    }
  });
  const scale = above / below;
  return from.map(({ rotation }, i) => ({
    rotation: multiply3(rotation, transpose3(between)),
    centre: moved[i].map((value, k) => scale * (value - m[k]) + n[k]) as unknown as Vector3,
  }));
}

/** The rotation nearest to the sum of some, by Newton's polar iteration. */
function nearestRotation(rotations: readonly Matrix3[]): Matrix3 {
  let m = rotations[0].map(
    (_, k) => rotations.reduce((sum, r) => sum + r[k], 0) / rotations.length,
  ) as unknown as Matrix3;
  for (let round = 0; round < 30; round++) {
    const inverse = transpose3(invert3(m)!);
    m = m.map((value, k) => (value + inverse[k]) / 2) as unknown as Matrix3;
  }
  return m;
}

const distance = (p: Vector3, q: Vector3): number => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);

function angle(p: Matrix3, q: Matrix3): number {
  const m = multiply3(p, transpose3(q));
  return (Math.acos(Math.min(1, Math.max(-1, (m[0] + m[4] + m[8] - 1) / 2))) * 180) / Math.PI;
}

runCommand(import.meta.url, main);
