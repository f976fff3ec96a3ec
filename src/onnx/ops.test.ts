import { describe, expect, it } from 'vitest';
import type { Value } from './value.ts';
import { elementCount } from './value.ts';
import { GraphBuilder } from './graph-builder.ts';
import * as op from './ops.ts';
import { noise, runInNode } from './run-in-node.test-helper.ts';

type Build = (g: GraphBuilder, x: Value, y: Value) => Value;

/** One node a case: x and y have the given shapes, and what it yields must have the shape and type that we inferred. */
const CASES: Record<
  string,
  [x: number[], y: number[], build: Build, check?: (x: Float32Array, y: Float32Array, out: Float32Array) => void]
> = {
  'add broadcasts': [
    [2, 1, 3],
    [4, 1],
    (g, x, y) => op.add(g, x, y),
    (x, y, out) => expect(out[3]).toBeCloseTo(x[0] + y[1], 6),
  ],
  'mul by a number': [[5], [1], (g, x) => op.mul(g, x, 3), (x, _, out) => expect(out[4]).toBeCloseTo(x[4] * 3, 6)],
  'where of a comparison': [
    [6],
    [6],
    (g, x, y) => op.where(g, op.greater(g, x, y), x, 7),
    (x, y, out) => expect(out[2]).toBeCloseTo(x[2] > y[2] ? x[2] : 7, 6),
  ],
  'clip below only': [
    [6],
    [1],
    (g, x) => op.clip(g, x, 0, null),
    (x, _, out) => expect(out).toEqual(x.map((v) => Math.max(0, v))),
  ],
  gelu: [[6], [1], (g, x) => op.gelu(g, x)],
  silu: [[6], [1], (g, x) => op.silu(g, x), (x, _, out) => expect(out[1]).toBeCloseTo(x[1] / (1 + Math.exp(-x[1])), 6)],
  'leaky relu': [
    [6],
    [1],
    (g, x) => op.leakyRelu(g, x, 0.25),
    (x, _, out) => expect(out).toEqual(x.map((v) => (v < 0 ? v / 4 : v))),
  ],
  'max with a number': [
    [6],
    [1],
    (g, x) => op.max(g, x, 0.25),
    (x, _, out) => expect(out[0]).toBeCloseTo(Math.max(x[0], 0.25), 6),
  ],
  trigonometry: [
    [6],
    [1],
    (g, x) => op.add(g, op.sin(g, x), op.cos(g, x)),
    (x, _, out) => expect(out[0]).toBeCloseTo(Math.sin(x[0]) + Math.cos(x[0]), 6),
  ],
  'exp, log, sqrt': [
    [6],
    [1],
    (g, x) => op.sqrt(g, op.log(g, op.exp(g, op.mul(g, x, x)))),
    (x, _, out) => expect(out[0]).toBeCloseTo(Math.abs(x[0]), 4),
  ],
  'cast to int32': [
    [6],
    [1],
    (g, x) => op.cast(g, op.mul(g, x, 10), 'int32'),
    (x, _, out) => expect(out[0]).toBe(Math.trunc(x[0] * 10)),
  ],
  'matMul with batch': [[2, 1, 3, 4], [5, 4, 2], (g, x, y) => op.matMul(g, x, y)],
  'gemm transposed': [[4, 3], [2, 4], (g, x, y) => op.gemm(g, x, y, null, { transA: true, transB: true, alpha: 0.5 })],
  einsum: [[2, 3, 4], [2, 3, 5], (g, x, y) => op.einsum(g, 'bcn,bcm->bnm', x, y)],
  'conv, strided and dilated': [
    [1, 4, 9, 10],
    [6, 2, 3, 3],
    (g, x, y) => op.conv(g, x, y, null, { stride: 2, padding: 1, dilation: 2, groups: 2 }),
  ],
  convTranspose: [
    [1, 4, 3, 5],
    [4, 2, 4, 4],
    (g, x, y) => op.convTranspose(g, x, y, null, { stride: 4, outputPadding: 1 }),
  ],
  maxPool: [[1, 2, 5, 6], [1], (g, x) => op.maxPool(g, x, { kernel: 2 })],
  averagePool: [[1, 2, 5, 6], [1], (g, x) => op.averagePool(g, x, { kernel: 3, stride: 1, padding: 1 })],
  'reshape with a rest': [[2, 3, 4], [1], (g, x) => op.reshape(g, x, [3, -1])],
  transpose: [[2, 3, 4], [1], (g, x) => op.transpose(g, x, [2, 0, 1]), (x, _, out) => expect(out[1]).toBe(x[4])],
  concat: [[2, 3], [2, 2], (g, x, y) => op.concat(g, [x, y], -1), (_, y, out) => expect(out[3]).toBe(y[0])],
  'slice from the end': [
    [2, 5],
    [1],
    (g, x) => op.slice(g, x, 1, -3, -1),
    (x, _, out) => expect([...out]).toEqual([x[2], x[3], x[7], x[8]]),
  ],
  'slice with a step': [
    [7],
    [1],
    (g, x) => op.slice(g, x, 0, 1, undefined, 3),
    (x, _, out) => expect([...out]).toEqual([x[1], x[4]]),
  ],
  split: [
    [6, 2],
    [1],
    (g, x) => op.split(g, x, 0, [1, 3, 2])[1],
    (x, _, out) => expect([...out]).toEqual([...x.slice(2, 8)]),
  ],
  gather: [
    [4, 2],
    [1],
    (g, x) => op.gather(g, x, g.constant([3, 1], 'int64'), 0),
    (x, _, out) => expect([...out]).toEqual([x[6], x[7], x[2], x[3]]),
  ],
  gatherElements: [
    [2, 3],
    [1],
    (g, x) => op.gatherElements(g, x, g.constant([2, 0], 'int64', [2, 1]), 1),
    (x, _, out) => expect([...out]).toEqual([x[2], x[3]]),
  ],
  expand: [[2, 1], [1], (g, x) => op.expand(g, x, [3, 2, 4])],
  'unsqueeze and squeeze': [[2, 3], [1], (g, x) => op.squeeze(g, op.unsqueeze(g, op.unsqueeze(g, x, 0), -1), 0)],
  pad: [
    [2, 3],
    [1],
    (g, x) => op.pad(g, x, [0, 1], [2, 0]),
    (x, _, out) => expect([...out.slice(0, 4)]).toEqual([0, x[0], x[1], x[2]]),
  ],
  'pad by reflection': [
    [2, 3],
    [1],
    (g, x) => op.pad(g, x, [0, 1], [0, 1], 'reflect'),
    (x, _, out) => expect(out[0]).toBe(x[1]),
  ],
  reduceSum: [[2, 3, 4], [1], (g, x) => op.reduceSum(g, x, [0, -1])],
  reduceMean: [[2, 3, 4], [1], (g, x) => op.reduceMean(g, x, [1], false)],
  reduceMax: [
    [2, 3],
    [1],
    (g, x) => op.reduceMax(g, x, [1]),
    (x, _, out) => expect(out[0]).toBe(Math.max(x[0], x[1], x[2])),
  ],
  reduceL2: [
    [2, 3],
    [1],
    (g, x) => op.reduceL2(g, x, [1]),
    (x, _, out) => expect(out[0]).toBeCloseTo(Math.hypot(x[0], x[1], x[2]), 5),
  ],
  argMax: [
    [2, 3],
    [1],
    (g, x) => op.argMax(g, x, 1, false),
    (x, _, out) => expect(x[out[0]]).toBe(Math.max(x[0], x[1], x[2])),
  ],
  topK: [
    [2, 5],
    [1],
    (g, x) => op.topK(g, x, 2, 1).values,
    (x, _, out) => expect(out[0]).toBe(Math.max(...x.slice(0, 5))),
  ],
  softmax: [
    [2, 3, 2],
    [1],
    (g, x) => op.softmax(g, x, 1),
    (_x, _y, out) => expect(out[0] + out[2] + out[4]).toBeCloseTo(1, 6),
  ],
  instanceNormalization: [[1, 3, 2, 2], [3], (g, x, y) => op.instanceNormalization(g, x, y, y, 1e-5)],
  multiHeadAttention: [[2, 5, 8], [2, 7, 8], (g, x, y) => op.multiHeadAttention(g, x, y, y, 2)],
  gridSample: [[1, 2, 4, 5], [1, 3, 6, 2], (g, x, y) => op.gridSample(g, x, y)],
  'gridSample bicubic at borders': [
    [1, 2, 4, 5],
    [1, 3, 6, 2],
    (g, x, y) => op.gridSample(g, x, y, { mode: 'bicubic', padding: 'border', alignCorners: true }),
  ],
  'resize linear': [[1, 2, 4, 5], [1], (g, x) => op.resize(g, x, [7, 3])],
  'resize nearest': [
    [1, 1, 2, 2],
    [1],
    (g, x) => op.resize(g, x, [4, 4], { mode: 'nearest' }),
    (x, _, out) => expect([out[1], out[2], out[15]]).toEqual([x[0], x[1], x[3]]),
  ],
  'resize with aligned corners': [
    [1, 1, 2, 2],
    [1],
    (g, x) => op.resize(g, x, [3, 3], { coordinates: 'align_corners' }),
    (x, _, out) => expect(out[4]).toBeCloseTo((x[0] + x[1] + x[2] + x[3]) / 4, 6),
  ],
  'resize by a factor rounds sides down': [[1, 1, 10, 7], [1], (g, x) => op.resizeByFactor(g, x, 1.3)],
  'resize by a factor that is less in single precision': [
    [1, 1, 640, 10],
    [1],
    (g, x) => op.resizeByFactor(g, x, 1.3),
    (_x, _y, out) => expect(out).toHaveLength(832 * 13),
  ],
  'resize cubic': [[1, 2, 4, 5], [1], (g, x) => op.resize(g, x, [8, 10], { mode: 'cubic' })],
};

describe.each([17, 18, 19] as const)('operators at opset %i', (opset) => {
  it.each(Object.entries(CASES))('%s has the inferred shape and type', async (_, [xShape, yShape, build, check]) => {
    const g = new GraphBuilder({ name: 'op', opset });
    const x = g.input('x', 'float32', xShape);
    const y = g.input('y', 'float32', yShape);
    const result = build(g, x, y);
    g.output('result', result);
    const feeds = { x: noise(elementCount(xShape), 3), y: noise(elementCount(yShape), 4) };
    const out = (await runInNode(g, feeds)).result;
    expect(out.shape).toEqual(result.shape);
    expect(out.type).toBe(result.dtype);
    check?.(feeds.x, feeds.y, out.values);
  });
});

describe('a shape that does not fit is refused where it is asked for', () => {
  const g = new GraphBuilder({ name: 'refused' });
  const x = g.input('x', 'float32', [2, 3]);
  const half = g.input('half', 'float16', [2, 3]);
  it.each<[string, () => unknown, RegExp]>([
    ['matMul', () => op.matMul(g, x, x), /MatMul: float32\[2, 3\] times/],
    ['add of two types', () => op.add(g, x, half), /Add: element types/],
    ['broadcast', () => op.add(g, x, g.constant([1, 2], 'float32')), /does not broadcast/],
    ['reshape', () => op.reshape(g, x, [4, -1]), /Reshape/],
    ['slice', () => op.slice(g, x, 1, 2, 9), /Slice: \[2, 9\)/],
    ['axis', () => op.softmax(g, x, 2), /axis 2 of a tensor of rank 2/],
    ['einsum', () => op.einsum(g, 'ij,jk->ik', x, x), /"j" of "ij,jk->ik" is both 3 and 2/],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});
