import prefixCode from '../../../../shaders/scene/prefix-sum.wgsl';
import radixCode from '../../../../shaders/scene/radix-sort.wgsl';
import { type ComputeStep, linearWorkgroups } from '../../../platform/gpu/dispatch.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { createShader } from '../../../platform/gpu/shader.ts';
import { type BoundStep, bindStep, stepsOf } from '../step.ts';

/** Entries of one workgroup. */
const BLOCK = 2048;
const DIGIT_BITS = 4;
const DIGITS = 2 ** DIGIT_BITS;

/** Pipelines of sorting and summing; one a device. */
export class SortKernels {
  readonly sums: Record<'reduce' | 'scan' | 'apply', ComputeStep>;
  readonly radix: Record<'countDigits' | 'scatter', ComputeStep>;

  constructor(readonly device: GPUDevice) {
    this.sums = stepsOf(device, createShader(device, 'prefix-sum', prefixCode, { BLOCK }), ['reduce', 'scan', 'apply']);
    this.radix = stepsOf(device, createShader(device, 'radix-sort', radixCode, { BLOCK, DIGITS }), [
      'countDigits',
      'scatter',
    ]);
  }
}

/** Uniforms that never change. */
function constants(scope: Scope, label: string, words: readonly number[]): GPUBufferBinding {
  const buffer = scope.buffer(label, 4 * words.length, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  scope.device.queue.writeBuffer(buffer, 0, Uint32Array.from(words));
  return { buffer };
}

/**
 * Exclusive prefix sums of the first `length` words of `values`, in place.
 * @param total its first word gets the sum of all
 */
export function prefixSumSteps(
  kernels: SortKernels,
  scope: Scope,
  values: GPUBuffer,
  length: number,
  total: GPUBuffer,
): BoundStep[] {
  const { device, sums } = kernels;
  const blocks = Math.max(1, Math.ceil(length / BLOCK));
  const partial = scope.storage('prefix-sum/blocks', 4 * blocks);
  const whole = constants(scope, 'prefix-sum/length', [length]);
  const ofBlocks = constants(scope, 'prefix-sum/blocks-length', [blocks]);
  const groups = linearWorkgroups(length, BLOCK);
  const sumsBinding = { buffer: partial, size: Math.max(16, 4 * blocks) };
  const bindings = { values: { buffer: values }, sums: sumsBinding, total: { buffer: total } };
  return [
    bindStep(device, sums.reduce, { params: whole, ...bindings }, groups),
    bindStep(device, sums.scan, { params: ofBlocks, ...bindings }, [1, 1]),
    bindStep(device, sums.apply, { params: whole, ...bindings }, groups),
  ];
}

/**
 * A stable sort of 32-bit keys with a 32-bit value each, smallest first, on the GPU alone (LSD radix, four bits a
 * pass: reduce, scan, scatter; Merrill & Grimshaw 2010 without look-back). Two sorts one after the other, low word
 * first, sort 64-bit keys.
 */
export class RadixSort {
  /** What is sorted: fill these before, and read them afterwards. */
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  readonly steps: readonly BoundStep[];

  /**
   * @param bits of the keys that are not 0
   * @param counts whose word `slot` is the number of keys; the rest of the buffers is left alone
   */
  constructor(
    kernels: SortKernels,
    scope: Scope,
    readonly capacity: number,
    bits: number,
    counts: GPUBuffer,
    slot = 0,
  ) {
    const { device, radix, sums } = kernels;
    const buffer = (label: string) => scope.storage(`radix-sort/${label}`, 4 * capacity);
    // An even number of passes ends where it began.
    const passes = 2 * Math.ceil(bits / DIGIT_BITS / 2);
    const from = { keys: buffer('keys'), values: buffer('values') };
    const other = { keys: buffer('other-keys'), values: buffer('other-values') };
    const blocks = Math.max(1, Math.ceil(capacity / BLOCK));
    const digits = scope.storage('radix-sort/digits', 4 * DIGITS * blocks);
    const total = scope.storage('radix-sort/total', 4);
    const groups = linearWorkgroups(capacity, BLOCK);
    const scanned = {
      params: constants(scope, 'radix-sort/length', [DIGITS * blocks]),
      sums: { buffer: digits },
      total: { buffer: total },
    };
    const scan = bindStep(device, sums.scan, scanned, [1, 1]);
    const steps: BoundStep[] = [];
    for (let pass = 0; pass < passes; pass++) {
      const [a, b] = pass % 2 === 0 ? [from, other] : [other, from];
      // The last pass of an even number may have no bits left; a digit of zeros copies.
      const shift = Math.min(31, DIGIT_BITS * pass);
      const bindings = {
        params: constants(scope, `radix-sort/pass-${pass}`, [shift, blocks, slot, capacity]),
        counts: { buffer: counts },
        keysIn: { buffer: a.keys },
        valuesIn: { buffer: a.values },
        keysOut: { buffer: b.keys },
        valuesOut: { buffer: b.values },
        digits: { buffer: digits },
      };
      steps.push(
        bindStep(device, radix.countDigits, bindings, groups),
        scan,
        bindStep(device, radix.scatter, bindings, groups),
      );
    }
    this.keys = from.keys;
    this.values = from.values;
    this.steps = steps;
  }
}
