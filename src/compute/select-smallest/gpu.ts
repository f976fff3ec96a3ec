import code from '../../../shaders/match/select-smallest.wgsl';
import { NO_KEY } from './cpu.ts';
import { type ComputeStep, recordCompute } from '../../platform/gpu/dispatch.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createComputeStep, createShader } from '../../platform/gpu/shader.ts';
import { UniformRing } from '../../platform/gpu/uniforms.ts';

const WORKGROUP = 256;
/** Keys of one invocation, and of one workgroup. */
const ITEMS = 16;
const BLOCK = WORKGROUP * ITEMS;
/** Digits of eight bits. */
const DIGITS = 4;

/** One use of {@link SelectSmallestPass}; what it works on. */
export interface Selection {
  /** 32-bit keys; 0xffffffff is never selected. */
  keys: GPUBuffer;
  /** Keys in the list. */
  length: number;
  /** Entries wanted, at least 1. */
  wanted: number;
  /** Filled with the indices selected, ascending; room for `wanted`. */
  indices: GPUBuffer;
  /** {@link SelectSmallestPass.stateBytes}; afterwards its fourth word is the number selected. */
  state: GPUBuffer;
  /** {@link SelectSmallestPass.blockBytes} of scratch. */
  blocks: GPUBuffer;
}

type Step = 'histogram' | 'pick' | 'countBlocks' | 'scanBlocks' | 'scatter';

/** The smallest keys of a list without a readback, see reference/select-smallest.ts. */
export class SelectSmallestPass {
  static readonly stateBytes = 4 * (4 + 256);

  private readonly steps: Record<Step, ComputeStep>;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'select-smallest', code, { WORKGROUP, ITEMS, BLOCK, NO_KEY });
    this.steps = {
      histogram: createComputeStep(device, shader, 'histogram'),
      pick: createComputeStep(device, shader, 'pick'),
      countBlocks: createComputeStep(device, shader, 'countBlocks'),
      scanBlocks: createComputeStep(device, shader, 'scanBlocks'),
      scatter: createComputeStep(device, shader, 'scatter'),
    };
    this.params = new UniformRing(device, scope, shader, 'params');
  }

  /** Bytes of scratch for a list of this length. */
  static blockBytes(length: number): number {
    return 4 * Math.ceil(length / BLOCK);
  }

  run(encoder: GPUCommandEncoder, selection: Selection): void {
    const { length, wanted } = selection;
    const blockCount = Math.ceil(length / BLOCK);
    const params = this.params.push({ length, wanted, blocks: blockCount });
    const bindings = {
      params,
      state: { buffer: selection.state },
      keys: { buffer: selection.keys },
      blocks: { buffer: selection.blocks },
      indices: { buffer: selection.indices },
    };
    const record = (step: Step, workgroups: number) =>
      recordCompute(encoder, this.device, this.steps[step], bindings, [workgroups, 1]);

    encoder.clearBuffer(selection.state);
    for (let digit = 0; digit < DIGITS; digit++) {
      record('histogram', blockCount);
      record('pick', 1);
    }
    record('countBlocks', blockCount);
    record('scanBlocks', 1);
    record('scatter', blockCount);
  }
}
