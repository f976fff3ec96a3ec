import type { Size } from '../../../../core/geometry.ts';

/**
 * The photo as a mesh: a vertex at every pixel's centre and a rim of vertices on the photo's border, half a pixel
 * further out, so that the mesh covers the photo. Vertex (i, j), 0 ≤ i < width + 2, lies over pixel i − 1 clamped to
 * the photo. Two triangles per cell, front sides towards the camera: top left, top right, bottom left; and bottom
 * right, bottom left, top right. So a triangle is known by its first vertex and the side of it on which it lies.
 */
export interface MeshGrid {
  columns: number;
  rows: number;
}

export const meshGrid = ({ width, height }: Size): MeshGrid => ({ columns: width + 2, rows: height + 2 });
/** Two triangles of three indices per cell. */
export const INDICES_PER_CELL = 6;
export const meshIndexCount = ({ width, height }: Size): number => INDICES_PER_CELL * (width + 1) * (height + 1);

/** A neighbour whose inverse depth differs by more than this share says nothing of how a surface goes on. */
export const RIM_CONTINUATION = 0.1;

/**
 * Sobel magnitude [h, w] of a map, borders repeated, scaled so that a straight step of height s gives s on both of
 * its sides.
 */
export function sobelMagnitude(map: Float32Array, { width, height }: Size): Float32Array {
  const magnitude = new Float32Array(map.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - 1);
      const right = Math.min(width - 1, x + 1);
      const [a, b, c] = [map[above + left], map[above + x], map[above + right]];
      const [d, e] = [map[row + left], map[row + right]];
      const [f, g, h] = [map[below + left], map[below + x], map[below + right]];
      const dx = c - a + 2 * (e - d) + h - f;
      const dy = f - a + 2 * (g - b) + h - c;
      magnitude[row + x] = 0.25 * Math.sqrt(dx * dx + dy * dy);
    }
  }
  return magnitude;
}

/**
 * Index list of the mesh, {@link meshIndexCount} long. A triangle is dropped (all its indices 0) where one of its
 * vertices has no depth, or where it lies across a depth edge: all its vertices with a Sobel magnitude above `edge`.
 * At a sharp step that is just the cells between the two sides; both surfaces stay whole up to the step.
 * @param disparity [h, w], normalised
 * @param depth [h, w], 0 where there is none
 */
export function meshIndices(disparity: Float32Array, depth: Float32Array, size: Size, edge: number): Uint32Array {
  const { width, height } = size;
  const { columns } = meshGrid(size);
  const magnitude = sobelMagnitude(disparity, size);
  const onEdge = new Uint8Array(depth.length);
  // 0: a surface, 1: on an edge, 4: nothing there. Three vertices are dropped when these sum up to 3 or more.
  for (let i = 0; i < depth.length; i++) onEdge[i] = depth[i] > 0 ? (magnitude[i] > edge ? 1 : 0) : 4;
  const indices = new Uint32Array(meshIndexCount(size));
  for (let j = 0, at = 0; j <= height; j++) {
    const upper = Math.max(0, j - 1) * width;
    const lower = Math.min(height - 1, j) * width;
    for (let i = 0; i <= width; i++, at += INDICES_PER_CELL) {
      const left = Math.max(0, i - 1);
      const right = Math.min(width - 1, i);
      const topLeft = j * columns + i;
      const bottomLeft = topLeft + columns;
      const [a, b] = [onEdge[upper + left], onEdge[upper + right]];
      const [c, d] = [onEdge[lower + left], onEdge[lower + right]];
      if (a + b + c < 3) {
        indices[at] = topLeft;
        indices[at + 1] = topLeft + 1;
        indices[at + 2] = bottomLeft;
      }
      if (b + c + d < 3) {
        indices[at + 3] = bottomLeft + 1;
        indices[at + 4] = bottomLeft;
        indices[at + 5] = topLeft + 1;
      }
    }
  }
  return indices;
}

/** Whether any triangle of the mesh meets at pixel (x, y): else that place is on no surface. */
export function isOnMesh(indices: Uint32Array, width: number, x: number, y: number): boolean {
  const cellsAcross = width + 1;
  const topLeft = INDICES_PER_CELL * (y * cellsAcross + x);
  const bottomLeft = topLeft + INDICES_PER_CELL * cellsAcross;
  // Of the top left cell only the second triangle reaches this pixel, of the bottom right cell only the first; the
  // last index of the first triangle and the first of the second are never 0 in a triangle that is kept.
  return (
    indices[topLeft + 3] !== 0 ||
    indices[topLeft + INDICES_PER_CELL + 2] !== 0 ||
    indices[topLeft + INDICES_PER_CELL + 3] !== 0 ||
    indices[bottomLeft + 2] !== 0 ||
    indices[bottomLeft + 3] !== 0 ||
    indices[bottomLeft + INDICES_PER_CELL + 2] !== 0
  );
}

/** Places of the mesh's vertices in the photo, pixels, and their depth, scene units; 0 where there is none. */
export interface MeshVertices {
  x: Float32Array;
  y: Float32Array;
  depth: Float32Array;
}

/**
 * The vertices of the mesh, row by row. On the rim the inverse depth goes on linearly (which is exact on planes)
 * unless a depth edge is near.
 */
export function meshVertices(depth: Float32Array, size: Size): MeshVertices {
  const { width, height } = size;
  const { columns, rows } = meshGrid(size);
  const count = columns * rows;
  const vertices = { x: new Float32Array(count), y: new Float32Array(count), depth: new Float32Array(count) };
  for (let j = 0, v = 0; j < rows; j++) {
    const py = Math.min(Math.max(j - 1, 0), height - 1);
    const outY = j - 1 - py;
    for (let i = 0; i < columns; i++, v++) {
      const px = Math.min(Math.max(i - 1, 0), width - 1);
      const outX = i - 1 - px;
      vertices.x[v] = px + 0.5 + 0.5 * outX;
      vertices.y[v] = py + 0.5 + 0.5 * outY;
      const here = depth[py * width + px];
      vertices.depth[v] = outX || outY ? rimDepth(depth, size, px, py, outX, outY) : here;
    }
  }
  return vertices;
}

function rimDepth(depth: Float32Array, { width, height }: Size, px: number, py: number, outX: number, outY: number) {
  const here = depth[py * width + px];
  if (!(here > 0)) return 0;
  const inverse = 1 / here;
  const inwardX = Math.min(Math.max(px - outX, 0), width - 1);
  const inwardY = Math.min(Math.max(py - outY, 0), height - 1);
  let slope = 0;
  for (const neighbour of [depth[py * width + inwardX], depth[inwardY * width + px]]) {
    const change = neighbour > 0 ? inverse - 1 / neighbour : 0;
    if (Math.abs(change) <= RIM_CONTINUATION * inverse) slope += change;
  }
  return 1 / (inverse + 0.5 * slope);
}

/** The photo as a surface, ready to be rendered from anywhere. */
export interface LiftMesh {
  size: Size;
  vertices: MeshVertices;
  /** As {@link meshIndices} makes them. */
  indices: Uint32Array;
}

/** The mesh of a photo; parameters as {@link meshIndices} takes them. */
export function liftMesh(disparity: Float32Array, depth: Float32Array, size: Size, edge: number): LiftMesh {
  return { size, vertices: meshVertices(depth, size), indices: meshIndices(disparity, depth, size, edge) };
}
