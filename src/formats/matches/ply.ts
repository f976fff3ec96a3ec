/** A point cloud to be saved. */
export interface PlyCloud {
  /** x, y, z of every point. */
  positions: Float32Array;
  /** r, g, b of every point. */
  colors: Uint8Array;
  /** Lines of the header that say what the numbers mean. */
  comments: readonly string[];
}

const VERTEX_BYTES = 15;

/**
 * A PLY file (G. Turk, "The PLY Polygon File Format", 1994), binary little-endian: float x, y, z and uchar red, green,
 * blue for every vertex, as MeshLab, CloudCompare, Blender and Open3D read it.
 */
export function encodePly({ positions, colors, comments }: PlyCloud): Uint8Array<ArrayBuffer> {
  const count = positions.length / 3;
  if (!Number.isInteger(count) || colors.length !== positions.length) {
    throw new Error('A PLY cloud needs three coordinates and three colours for every point.');
  }
  const header = new TextEncoder().encode(
    [
      'ply',
      'format binary_little_endian 1.0',
      ...comments.map((comment) => `comment ${comment.replace(/\s+/g, ' ')}`),
      `element vertex ${count}`,
      ...['x', 'y', 'z'].map((name) => `property float ${name}`),
      ...['red', 'green', 'blue'].map((name) => `property uchar ${name}`),
      'end_header',
      '',
    ].join('\n'),
  );
  const bytes = new Uint8Array(header.length + VERTEX_BYTES * count);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      view.setFloat32(VERTEX_BYTES * i + 4 * k, positions[3 * i + k], true);
      view.setUint8(VERTEX_BYTES * i + 12 + k, colors[3 * i + k]);
    }
  }
  return bytes;
}
