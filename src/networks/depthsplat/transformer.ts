import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as layer from '../../onnx/layers.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { byteLength } from '../../onnx/value.ts';
import type { Observe } from '../eloftr/fine.ts';
import { linear } from '../vit/transformer-block.ts';
import type { Weights } from '../weights.ts';
import { EPSILON } from './norm.ts';

/** Windows along each side. */
const WINDOWS = 2;

/** Added to the scores of pairs that a shifted window brought together from opposite sides. */
const APART = -100;

/** Channels, layers and width of the feed-forward network, in all published files. */
const CHANNELS = 128;
const LAYERS = 6;
const HIDDEN = 1024;

/**
 * The multi-view transformer (UniMatch, Xu et al. 2023; windows: Liu et al. 2021): in windows of half the map's sides, shifted
 * by half a window in every other layer, each view attends to itself and to the other.
 *
 * @param features of two views, [2, 128, h, w] float32; h and w multiples of 4
 * @returns the same shape
 */
export function multiViewTransformer(g: GraphBuilder, weights: Weights, features: Value, observe: Observe): Value {
  const [views, , height, width] = features.shape;
  let map = op.add(g, features, windowPositions(g, height, width));
  observe('mv_input', map);
  for (let index = 0; index < LAYERS; index += 1) {
    map = g.scope(`layer.${index}`, () => {
      const isShifted = index % 2 === 1;
      const shift = isShifted ? ([height / WINDOWS / 2, width / WINDOWS / 2] as const) : ([0, 0] as const);
      const at = weights.at(`layers.${index}`);
      const tokens = intoWindows(g, roll(g, map, shift[0], shift[1]));
      const mask = isShifted ? shiftMask(g, height, width) : null;
      const seen = selfAttention(g, at.at('self_attn'), tokens, mask);
      const out = crossAttention(g, at.at('cross_attn_ffn'), seen, otherView(g, tokens, views), mask);
      return roll(g, fromWindows(g, out, map.shape), -shift[0], -shift[1]);
    });
    if (index < 2) observe(`mv_layer_${index}`, map);
  }
  return map;
}

/** Each view's tokens in the place of the other's. */
function otherView(g: GraphBuilder, x: Value, views: number): Value {
  const size = x.shape[0] / views;
  const parts = op.split(
    g,
    x,
    0,
    Array.from({ length: views }, () => size),
  );
  return op.concat(g, parts.toReversed(), 0);
}

function selfAttention(g: GraphBuilder, weights: Weights, tokens: Value, mask: Value | null): Value {
  return op.add(g, tokens, norm(g, weights.at('norm1'), attended(g, weights, tokens, tokens, mask)));
}

function crossAttention(g: GraphBuilder, weights: Weights, tokens: Value, other: Value, mask: Value | null): Value {
  const message = norm(g, weights.at('norm1'), attended(g, weights, tokens, other, mask));
  const joined = op.concat(g, [tokens, message], 2);
  const hidden = op.gelu(g, linear(g, weights.at('mlp.0'), joined, HIDDEN));
  return op.add(g, tokens, norm(g, weights.at('norm2'), linear(g, weights.at('mlp.2'), hidden, CHANNELS)));
}

const norm = (g: GraphBuilder, weights: Weights, x: Value): Value =>
  layer.layerNorm(g, x, weights.take('weight', [CHANNELS]), weights.take('bias', [CHANNELS]), EPSILON);

/** Single-head attention of tokens [windows of all views, n, 128], windows in groups whose scores stay within the graph's limit. */
function attended(g: GraphBuilder, weights: Weights, from: Value, to: Value, mask: Value | null): Value {
  const query = op.mul(g, linear(g, weights.at('q_proj'), from, CHANNELS), 1 / Math.sqrt(CHANNELS));
  const key = op.transpose(g, linear(g, weights.at('k_proj'), to, CHANNELS), [0, 2, 1]);
  const value = linear(g, weights.at('v_proj'), to, CHANNELS);
  const [windows, n] = from.shape;
  const bytes = byteLength({ dtype: 'float32', shape: [n, n] });
  const group = largestDivisor(windows, Math.max(1, Math.floor(g.attentionBytes / bytes)));
  const mixed = Array.from({ length: windows / group }, (_, i) => {
    const part = (x: Value): Value => (group === windows ? x : op.slice(g, x, 0, i * group, (i + 1) * group));
    const scores = op.toFloat32(g, op.matMul(g, part(query), part(key)));
    const masked = mask ? op.add(g, scores, windowsOfMask(g, mask, i * group, group)) : scores;
    return op.matMul(g, op.cast(g, op.softmax(g, masked, 2), value.dtype), part(value));
  });
  return linear(g, weights.at('merge'), op.concat(g, mixed, 0), CHANNELS);
}

/** The mask [4, n, n] for `count` windows from `first` on (1, 2, 4 or 8): those of both views are in the same order. */
function windowsOfMask(g: GraphBuilder, mask: Value, first: number, count: number): Value {
  const [perView] = mask.shape;
  const at = first % perView;
  if (count < perView) return op.slice(g, mask, 0, at, at + count);
  return op.concat(
    g,
    Array.from({ length: count / perView }, () => mask),
    0,
  );
}

function largestDivisor(of: number, limit: number): number {
  let divisor = Math.min(of, limit);
  while (of % divisor !== 0) divisor -= 1;
  return divisor;
}

/** [views, c, h, w] to [views · 4, h/2 · w/2, c]. */
function intoWindows(g: GraphBuilder, map: Value): Value {
  const [views, channels, height, width] = map.shape;
  const [rows, columns] = [height / WINDOWS, width / WINDOWS];
  const apart = op.reshape(g, map, [views, channels, WINDOWS, rows, WINDOWS, columns]);
  const ordered = op.transpose(g, apart, [0, 2, 4, 3, 5, 1]);
  return op.reshape(g, ordered, [views * WINDOWS ** 2, rows * columns, channels]);
}

/** The inverse of {@link intoWindows}. */
function fromWindows(g: GraphBuilder, tokens: Value, shape: readonly number[]): Value {
  const [views, channels, height, width] = shape;
  const apart = op.reshape(g, tokens, [views, WINDOWS, WINDOWS, height / WINDOWS, width / WINDOWS, channels]);
  return op.reshape(g, op.transpose(g, apart, [0, 5, 1, 3, 2, 4]), shape);
}

/** The map moved up and left by so many cells (down and right where negative), what leaves it comes in at the other side. */
function roll(g: GraphBuilder, map: Value, rows: number, columns: number): Value {
  const along = (x: Value, axis: number, by: number): Value => {
    if (by === 0) return x;
    const from = by > 0 ? by : x.shape[axis] + by;
    return op.concat(g, [op.slice(g, x, axis, from), op.slice(g, x, axis, 0, from)], axis);
  };
  return along(along(map, 2, rows), 3, columns);
}

/** [4, n, n]: what is added to the scores of a shifted window, whose parts come from different sides of the map. */
function shiftMask(g: GraphBuilder, height: number, width: number): Value {
  const [rows, columns] = [height / WINDOWS, width / WINDOWS];
  const band = (at: number, extent: number, window: number): number =>
    at < extent - window ? 0 : at < extent - window / 2 ? 1 : 2;
  const regions: number[] = [];
  for (let window = 0; window < WINDOWS ** 2; window += 1) {
    for (let cell = 0; cell < rows * columns; cell += 1) {
      const y = Math.floor(window / WINDOWS) * rows + Math.floor(cell / columns);
      const x = (window % WINDOWS) * columns + (cell % columns);
      regions.push(3 * band(y, height, rows) + band(x, width, columns));
    }
  }
  const shape = [WINDOWS ** 2, rows * columns];
  const region = g.constant(regions, 'float32', shape);
  const differs = op.abs(g, op.sub(g, op.unsqueeze(g, region, 2), op.unsqueeze(g, region, 1)));
  return op.mul(g, op.clip(g, differs, 0, 1), APART);
}

/**
 * Sines and cosines of every window's own coordinates, [1, 128, h, w]: rows in the first half of the channels, columns in the
 * second; counted from 1 and scaled to a full turn at the window's last cell.
 */
function windowPositions(g: GraphBuilder, height: number, width: number): Value {
  return g.initializer('positions', 'float32', [1, CHANNELS, height, width], () => {
    const half = CHANNELS / 2;
    const values = new Float32Array(CHANNELS * height * width);
    const code = (index: number, extent: number): number[] => {
      const place = (((index % extent) + 1) / (extent + 1e-6)) * 2 * Math.PI;
      return Array.from({ length: half }, (_, i) => {
        const angle = place / 10000 ** ((2 * Math.floor(i / 2)) / half);
        return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      });
    };
    const ys = Array.from({ length: height }, (_, y) => code(y, height / WINDOWS));
    const xs = Array.from({ length: width }, (_, x) => code(x, width / WINDOWS));
    for (let c = 0; c < CHANNELS; c += 1)
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) values[(c * height + y) * width + x] = c < half ? ys[y][c] : xs[x][c - half];
    return new Uint8Array(values.buffer);
  });
}
