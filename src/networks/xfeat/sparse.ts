import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import * as op from '../../onnx/ops.ts';
import type { Value } from '../../onnx/value.ts';
import { firstLargest } from '../semi-dense/coarse-match.ts';
import type { Size } from '../semi-dense/dense-field.ts';
import { outputField, outputMatches, spreadCells } from '../semi-dense/dense-field.ts';
import type { Observe } from './backbone.ts';
import { DESCRIPTOR_CHANNELS } from './keypoints.ts';

/** Taken off what an empty place scores. */
const EXCLUSION = 1e9;
/** Cells that the field is made on, and how far a match tells of its surroundings, both in pixels of the input. */
const CELL = 8;
const REACH = 16;
/** How far neighbours speak for a match, and how far their displacements may differ from its own. */
const NEIGHBOURHOOD = 32;
const AGREEMENT = 8;
/** A match that nobody near agrees with is not certain; one whole neighbour is worth two thirds. */
const ALONE = 0.5;
const SMALLEST = 1e-6;

/** Key points of one photo as the encoder gives them. */
export interface Keypoints {
  /** [1, count, 2] (x, y) in pixels of the input. */
  readonly places: Value;
  /** [1, count, 64]. */
  readonly descriptors: Value;
  /** [1, count], 0 where a place is empty. */
  readonly scores: Value;
}

/** Which key point of B each of A is matched to, as index [count] float32. */
export interface SparseMatches {
  readonly best: Value;
  readonly confidence: Value;
  /** 1 where the published code returns the match. */
  readonly isMatch: Value;
}

/** The graph's inputs `a_keypoints`, `a_descriptors`, … */
export function keypointInputs(g: GraphBuilder, side: 'a' | 'b', count: number): Keypoints {
  return {
    places: g.input(`${side}_keypoints`, 'float32', [1, count, 2]),
    descriptors: g.input(`${side}_descriptors`, 'float32', [1, count, DESCRIPTOR_CHANNELS]),
    scores: g.input(`${side}_scores`, 'float32', [1, count]),
  };
}

/** 0 for key points that are there, a large negative number for empty places: [count]. */
export function absence(g: GraphBuilder, { scores }: Keypoints): Value {
  const isThere = op.cast(g, op.greater(g, scores, 0), 'float32');
  return op.reshape(g, op.mul(g, op.sub(g, isThere, 1), EXCLUSION), [scores.shape[1]]);
}

/**
 * The decoder of one direction of sparse matching by mutual nearest descriptors (`match_xfeat`, cosine at least `minCosine`): a
 * field made of the matches, and the network's own `matches` [1, 6, 1, count].
 */
export function buildSparseDecoder(
  g: GraphBuilder,
  sizes: { readonly a: Size; readonly b: Size },
  count: number,
  minCosine = -1,
  observe: Observe = () => {},
): void {
  const [a, b] = [keypointInputs(g, 'a', count), keypointInputs(g, 'b', count)];
  const similarity = op.matMul(
    g,
    op.reshape(g, a.descriptors, [count, DESCRIPTOR_CHANNELS]),
    op.transpose(g, op.reshape(g, b.descriptors, [count, DESCRIPTOR_CHANNELS]), [1, 0]),
  );
  observe('cossim', similarity);
  const [offA, offB] = [absence(g, a), absence(g, b)];
  const there = op.add(g, op.add(g, similarity, op.reshape(g, offA, [count, 1])), op.reshape(g, offB, [1, count]));
  const mutual = mutualBest(g, there);
  const isGood = op.cast(g, op.greater(g, mutual.largest, minCosine), 'float32');
  outputSparse(g, a, b, sizes, {
    best: mutual.best,
    confidence: op.clip(g, mutual.largest, 0, 1),
    isMatch: op.mul(g, mutual.isMutual, isGood),
  });
}

/** For every row its first largest column, and whether that column likes no row better: [rows] float32 each. */
export function mutualBest(g: GraphBuilder, x: Value): { best: Value; largest: Value; isMutual: Value } {
  const [rows, columns] = x.shape;
  const row = firstLargest(g, x, 1);
  const best = op.reshape(g, row.index, [rows]);
  const largest = op.reshape(g, row.largest, [rows]);
  const columnLargest = op.reshape(g, op.reduceMax(g, x, [0]), [columns]);
  const theirs = op.gather(g, columnLargest, op.cast(g, best, 'int32'), 0);
  return { best, largest, isMutual: op.cast(g, op.greaterOrEqual(g, largest, theirs), 'float32') };
}

/** `matches` as the published code returns them, `warp` and `certainty_logit` made of them. */
export function outputSparse(
  g: GraphBuilder,
  a: Keypoints,
  b: Keypoints,
  sizes: { readonly a: Size; readonly b: Size },
  { best, confidence, isMatch }: SparseMatches,
): void {
  const count = best.shape[0];
  const placesA = op.reshape(g, a.places, [count, 2]);
  const placesB = op.gather(g, op.reshape(g, b.places, [b.places.shape[1], 2]), op.cast(g, best, 'int32'), 0);
  outputMatches(g, { a: placesA, b: placesB, confidence, isMatch }, [1, count]);
  g.scope('dense', () => {
    const displacement = op.sub(g, placesB, placesA);
    const own = op.mul(g, confidence, isMatch);
    const certainty = g.scope('support', () => op.mul(g, own, support(g, placesA, displacement, own)));
    sparseField(g, placesA, displacement, certainty, sizes);
  });
}

/**
 * How far the matches around a match move as it does, 0…1 [count]: neighbours weigh by nearness and confidence, and agree by how
 * alike the displacements are.
 */
function support(g: GraphBuilder, places: Value, displacement: Value, confidence: Value): Value {
  const count = confidence.shape[0];
  const near = gaussian(g, places, places, NEIGHBOURHOOD);
  const alike = gaussian(g, displacement, displacement, AGREEMENT);
  const weights = op.mul(g, near, op.reshape(g, confidence, [1, count]));
  const all = op.sub(g, op.reduceSum(g, weights, [1], false), confidence);
  const agreeing = op.sub(g, op.reduceSum(g, op.mul(g, weights, alike), [1], false), confidence);
  // A match speaks for itself with weight 1 in both sums, which is taken off; rounding must not leave less than nothing.
  return op.clip(g, op.div(g, agreeing, op.add(g, all, ALONE)), 0, 1);
}

/** exp(−|p − q|² / 2σ²) of all pairs of points: [n, 2] and [m, 2] to [n, m]. */
function gaussian(g: GraphBuilder, p: Value, q: Value, sigma: number): Value {
  const axis = (x: Value, i: number, shape: number[]): Value => op.reshape(g, op.slice(g, x, 1, i, i + 1), shape);
  const [n, m] = [p.shape[0], q.shape[0]];
  // Differences before squares: the products of places would lose what near places differ by.
  const squares = [0, 1].map((i) => {
    const difference = op.sub(g, axis(p, i, [n, 1]), axis(q, i, [1, m]));
    return op.mul(g, difference, difference);
  });
  return op.exp(g, op.mul(g, op.add(g, squares[0], squares[1]), -1 / (2 * sigma ** 2)));
}

/**
 * Every cell takes the mean of the displacements around it. Its certainty is the mean certainty of those matches, as far as they
 * reach it. The Gaussian of a distance is that of its height times that of its width, so that all sums are matrix products.
 */
function sparseField(
  g: GraphBuilder,
  places: Value,
  displacement: Value,
  certainty: Value,
  sizes: { readonly a: Size; readonly b: Size },
): void {
  const [rows, columns] = sizes.a.map((extent) => Math.ceil(extent / CELL));
  const count = certainty.shape[0];
  const along = (axis: number, cells: number): Value => {
    const corners = Array.from({ length: cells }, (_, i) => CELL * i);
    const place = op.reshape(g, op.slice(g, places, 1, axis, axis + 1), [1, count]);
    const away = op.sub(g, g.constant(corners, 'float32', [cells, 1]), place);
    return op.exp(g, op.mul(g, op.mul(g, away, away), -1 / (2 * REACH ** 2)));
  };
  const [down, across] = [along(1, rows), op.transpose(g, along(0, columns), [1, 0])];
  const summed = (values: Value): Value =>
    op.reshape(g, op.matMul(g, op.mul(g, down, op.reshape(g, values, [1, count])), across), [1, 1, rows, columns]);
  const axis = (i: number): Value =>
    op.mul(g, op.reshape(g, op.slice(g, displacement, 1, i, i + 1), [count]), certainty);
  const reach = summed(certainty);
  const sum = op.add(g, reach, SMALLEST);
  const mean = op.concat(
    g,
    [0, 1].map((i) => op.div(g, summed(axis(i)), sum)),
    1,
  );
  const usual = op.div(g, summed(op.mul(g, certainty, certainty)), sum);
  const field = spreadCells(g, mean, op.mul(g, usual, op.clip(g, reach, 0, 1)), sizes.a);
  outputField(g, field.displacement, field.certainty, sizes.b);
}
