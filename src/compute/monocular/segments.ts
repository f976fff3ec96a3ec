import type { Size } from '../../core/geometry.ts';

export interface SegmentOptions {
  /** Larger gives larger segments: how much a segment may differ inside, times its size in pixels. */
  scale: number;
  /** Smaller segments are merged with a neighbour. */
  minimum: number;
}

export interface Segments {
  /** Number of its segment for every pixel [h, w]. */
  labels: Int32Array;
  count: number;
}

/** Weights of edges are sorted in this many steps of 0…1. */
const STEPS = 1024;

/**
 * Cuts a picture into regions of even colour: the greedy graph segmentation of Felzenszwalb and Huttenlocher (2004)
 * over the four-neighbourhood.
 * @param planes colour [3, h, w], 0…1; slightly blurred gives fewer crumbs
 */
export function segmentPicture(planes: Float32Array, { width, height }: Size, options: SegmentOptions): Segments {
  const points = width * height;
  // Edges are numbered 2i (to the right of pixel i) and 2i + 1 (downwards).
  const order = sortEdges(planes, width, height);
  const parent = Int32Array.from({ length: points }, (_, i) => i);
  const pixels = new Int32Array(points).fill(1);
  const limit = new Float32Array(points).fill(options.scale);
  const find = (place: number): number => {
    while (parent[place] !== place) {
      parent[place] = parent[parent[place]];
      place = parent[place];
    }
    return place;
  };
  const other = (edge: number) => (edge >> 1) + (edge & 1 ? width : 1);
  for (const edge of order.edges) {
    const a = find(edge >> 1);
    const b = find(other(edge));
    const weight = order.weights[edge];
    if (a === b || weight > limit[a] || weight > limit[b]) continue;
    parent[b] = a;
    pixels[a] += pixels[b];
    limit[a] = weight + options.scale / pixels[a];
  }
  for (const edge of order.edges) {
    const a = find(edge >> 1);
    const b = find(other(edge));
    if (a === b || (pixels[a] >= options.minimum && pixels[b] >= options.minimum)) continue;
    parent[b] = a;
    pixels[a] += pixels[b];
  }
  const numbers = new Int32Array(points).fill(-1);
  const labels = new Int32Array(points);
  let count = 0;
  for (let i = 0; i < points; i++) {
    const root = find(i);
    if (numbers[root] < 0) numbers[root] = count++;
    labels[i] = numbers[root];
  }
  return { labels, count };
}

/** All edges, lightest first (by counting), and their weights: the distance of the two colours, 0…1. */
function sortEdges(planes: Float32Array, width: number, height: number) {
  const points = width * height;
  const weights = new Float32Array(2 * points).fill(-1);
  const starts = new Int32Array(STEPS + 1);
  const distance = (i: number, j: number) => {
    const r = planes[i] - planes[j];
    const g = planes[points + i] - planes[points + j];
    const b = planes[2 * points + i] - planes[2 * points + j];
    return Math.sqrt((r * r + g * g + b * b) / 3);
  };
  const step = (weight: number) => Math.min(STEPS - 1, Math.floor(weight * STEPS));
  let edgeCount = 0;
  const add = (edge: number, weight: number) => {
    weights[edge] = weight;
    starts[step(weight) + 1]++;
    edgeCount++;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x + 1 < width) add(2 * i, distance(i, i + 1));
      if (y + 1 < height) add(2 * i + 1, distance(i, i + width));
    }
  }
  for (let s = 1; s <= STEPS; s++) starts[s] += starts[s - 1];
  const edges = new Int32Array(edgeCount);
  for (let edge = 0; edge < weights.length; edge++) {
    if (weights[edge] >= 0) edges[starts[step(weights[edge])]++] = edge;
  }
  return { edges, weights };
}
