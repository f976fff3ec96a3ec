import type { GaussianTable } from '../../gaussians/table.ts';
import { shRestCount } from '../../gaussians/table.ts';

/**
 * The table as the .ply of 3-D Gaussian splatting, exact to the bit: what trainers write and every viewer reads
 * (read-ply.ts tells the layout). Normals are zero, as in the trainer's own files. A tag that renderers must follow
 * becomes Brush's comment; discs keep their third, thin axis, which viewers want.
 */
export function encodeSplatPly(table: GaussianTable): Uint8Array<ArrayBuffer> {
  const { count, positions, logScales, quaternions, opacityLogits, sh0, shRest } = table;
  const rest = shRestCount(table.shDegree);
  const numbered = (stem: string, length: number) => Array.from({ length }, (_, k) => `${stem}_${k}`);
  const names = [
    ...['x', 'y', 'z', 'nx', 'ny', 'nz'],
    ...numbered('f_dc', 3),
    ...numbered('f_rest', 3 * rest),
    'opacity',
    ...numbered('scale', 3),
    ...numbered('rot', 4),
  ];
  const header = new TextEncoder().encode(
    [
      'ply',
      'format binary_little_endian 1.0',
      ...modeComment(table),
      `element vertex ${count}`,
      ...names.map((name) => `property float ${name}`),
      'end_header',
      '',
    ].join('\n'),
  );
  const rows = new Float32Array(names.length * count);
  for (let i = 0, at = 0; i < count; i++, at += names.length) {
    rows.set(positions.subarray(3 * i, 3 * i + 3), at);
    rows.set(sh0.subarray(3 * i, 3 * i + 3), at + 6);
    for (let k = 0; k < rest; k++) {
      for (let channel = 0; channel < 3; channel++) {
        rows[at + 9 + channel * rest + k] = shRest[3 * (rest * i + k) + channel];
      }
    }
    const tail = at + 9 + 3 * rest;
    rows[tail] = opacityLogits[i];
    rows.set(logScales.subarray(3 * i, 3 * i + 3), tail + 1);
    rows.set(quaternions.subarray(4 * i, 4 * i + 4), tail + 4);
  }
  const file = new Uint8Array(header.length + rows.byteLength);
  file.set(header);
  file.set(new Uint8Array(rows.buffer), header.length);
  return file;
}

/** `SplatRenderMode` where the scene is not of the classic kind. */
export function modeComment({ tags }: GaussianTable): string[] {
  if (tags.model !== '3dgs') return [`comment SplatRenderMode: ${tags.model}`];
  return tags.antialiased ? ['comment SplatRenderMode: mip'] : [];
}
