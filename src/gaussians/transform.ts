import { type Matrix3, multiply3 } from '../core/matrix3.ts';
import { apply3, rotationOf, type Vector3 } from '../core/rotation.ts';
import { solveLinear } from '../geometry/solve-linear.ts';
import { harmonics } from './activate.ts';
import { type SplatCamera, transpose3 } from './camera.ts';
import { type GaussianTable, type ShDegree, shRestCount } from './table.ts';

/** A similarity of the world: X′ = scale · rotation · X + translation. */
export interface SceneTransform {
  readonly scale: number;
  /** Of determinant 1: a mirrored scene would need mirrored harmonics and cameras. */
  readonly rotation: Matrix3;
  readonly translation: Vector3;
}

/**
 * The scene at another place, turned and scaled as a whole: positions, sizes, rotations, and the colours that depend on
 * the direction of sight. A new table; the given one stays.
 */
export function transformScene(table: GaussianTable, { scale, rotation, translation }: SceneTransform): GaussianTable {
  if (!(scale > 0)) throw new RangeError('A scene is scaled by a positive number.');
  const { count } = table;
  const positions = new Float32Array(3 * count);
  const quaternions = new Float32Array(4 * count);
  const turn = quaternionOf(rotation);
  for (let i = 0; i < count; i++) {
    const [x, y, z] = apply3(rotation, [
      table.positions[3 * i],
      table.positions[3 * i + 1],
      table.positions[3 * i + 2],
    ]);
    positions[3 * i] = scale * x + translation[0];
    positions[3 * i + 1] = scale * y + translation[1];
    positions[3 * i + 2] = scale * z + translation[2];
    quaternionProduct(turn, table.quaternions, quaternions, 4 * i);
  }
  return {
    ...table,
    positions,
    quaternions,
    logScales: table.logScales.map((value) => value + Math.log(scale)),
    opacityLogits: table.opacityLogits.slice(),
    sh0: table.sh0.slice(),
    shRest: rotatedHarmonics(table.shRest, table.shDegree, rotation),
  };
}

/** The camera that sees the moved scene as `camera` sees the given one; its depths are `scale` times as long. */
export function transformCamera(camera: SplatCamera, { scale, rotation, translation }: SceneTransform): SplatCamera {
  const turned = multiply3(camera.rotation, transpose3(rotation));
  const [x, y, z] = apply3(turned, translation);
  const [tx, ty, tz] = camera.translation;
  return { ...camera, rotation: turned, translation: [scale * tx - x, scale * ty - y, scale * tz - z] };
}

/** What undoes a transform. */
export function inverseTransform({ scale, rotation, translation }: SceneTransform): SceneTransform {
  const back = transpose3(rotation);
  const [x, y, z] = apply3(back, translation);
  return { scale: 1 / scale, rotation: back, translation: [-x / scale, -y / scale, -z / scale] };
}

/** The directions that a scene can call up; files of photogrammetry mostly have −y, those of modellers z or y. */
export const UP_AXES = ['-y', 'y', 'z', '-z', 'x', '-x'] as const;
export type UpAxis = (typeof UP_AXES)[number];

/** The unit vector of an axis. */
export function axisVector(axis: UpAxis): Vector3 {
  const sign = axis.startsWith('-') ? -1 : 1;
  const letter = axis.at(-1);
  return [letter === 'x' ? sign : 0, letter === 'y' ? sign : 0, letter === 'z' ? sign : 0];
}

/** The rotation by quarter turns that takes one up axis to another. */
export function upAxisRotation(from: UpAxis, to: UpAxis): Matrix3 {
  const [p, q] = [axisVector(from), axisVector(to)];
  const cosine = p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const axis: Vector3 =
    cosine === 0
      ? [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]]
      : // Half a turn, about any axis across.
        [p[1] === 0 ? 0 : 1, p[2] === 0 ? 0 : 1, p[0] === 0 ? 0 : 1];
  const angle = Math.acos(cosine);
  return rotationOf([axis[0] * angle, axis[1] * angle, axis[2] * angle]).map(Math.round) as unknown as Matrix3;
}

/** w, x, y, z of a rotation. By the largest component first (Shepperd 1978), which is exact near half a turn, too. */
export function quaternionOf(m: Matrix3): [number, number, number, number] {
  const trace = m[0] + m[4] + m[8];
  const squares = [trace, 2 * m[0] - trace, 2 * m[4] - trace, 2 * m[8] - trace];
  const rows = [
    [1 + squares[0], m[7] - m[5], m[2] - m[6], m[3] - m[1]],
    [m[7] - m[5], 1 + squares[1], m[1] + m[3], m[2] + m[6]],
    [m[2] - m[6], m[1] + m[3], 1 + squares[2], m[5] + m[7]],
    [m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 + squares[3]],
  ];
  const row = rows[squares.indexOf(Math.max(...squares))];
  const length = Math.hypot(...row);
  return row.map((value) => value / length) as [number, number, number, number];
}

/** first · q, for the quaternion at `at` of `q`: q's rotation, then the first. */
export function quaternionProduct(first: readonly number[], q: Float32Array, out: Float32Array, at: number): void {
  const [a, b, c, d] = first;
  const [w, x, y, z] = [q[at], q[at + 1], q[at + 2], q[at + 3]];
  out[at] = a * w - b * x - c * y - d * z;
  out[at + 1] = a * x + b * w + c * z - d * y;
  out[at + 2] = a * y - b * z + c * w + d * x;
  out[at + 3] = a * z + b * y - c * x + d * w;
}

/**
 * Harmonics of a turned scene: c′(d) = c(Rᵀd). Each degree is turned by a matrix of its own, found from the values of
 * its harmonics in as many directions as it has.
 */
function rotatedHarmonics(shRest: Float32Array<ArrayBuffer>, degree: ShDegree, rotation: Matrix3) {
  const out = new Float32Array(shRest.length);
  const width = shRestCount(degree);
  for (let band = 1, begin = 0; band <= degree; begin += 2 * band + 1, band++) {
    const size = 2 * band + 1;
    const matrix = bandRotation(band as 1 | 2 | 3, begin, rotation);
    for (let at = 3 * begin; at < shRest.length; at += 3 * width) {
      for (let row = 0; row < size; row++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let k = 0; k < size; k++) sum += matrix[size * row + k] * shRest[at + 3 * k + channel];
          out[at + 3 * row + channel] = sum;
        }
      }
    }
  }
  return out;
}

/** [2l + 1, 2l + 1]: Y(D) M = Y(RᵀD) over fixed directions D in general position. */
function bandRotation(band: 1 | 2 | 3, begin: number, rotation: Matrix3): Float64Array {
  const size = 2 * band + 1;
  const back = transpose3(rotation);
  const directions = Array.from({ length: size }, (_, k): Vector3 => {
    // A spiral over half the sphere: a degree's harmonics are all even or all odd, and know the other half.
    const z = (k + 0.5) / size;
    const [radius, angle] = [Math.sqrt(1 - z * z), 2.399963229728653 * k + 0.3];
    return [radius * Math.cos(angle), radius * Math.sin(angle), z];
  });
  const values = (direction: Vector3) => {
    const basis = new Float64Array(15);
    harmonics(...direction, band, basis);
    return basis.subarray(begin, begin + size);
  };
  const [there, here] = [directions.map(values), directions.map((d) => values(apply3(back, d)))];
  const matrix = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const system = Float64Array.from({ length: size * (size + 1) }, (_, at) => {
      const [row, k] = [Math.floor(at / (size + 1)), at % (size + 1)];
      return k < size ? there[row][k] : here[row][column];
    });
    const solution = solveLinear(system, size);
    if (!solution) throw new Error('The directions of the harmonics are degenerate.');
    for (let row = 0; row < size; row++) matrix[size * row + column] = solution[row];
  }
  return matrix;
}
