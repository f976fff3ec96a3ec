import code from '../../../shaders/match/select-smallest.wgsl';
import { recordCompute } from '../../platform/gpu/dispatch.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createComputePipeline, createShader } from '../../platform/gpu/shader.ts';
import { UniformRing } from '../../platform/gpu/uniforms.ts';

/** Keys of one workgroup, as in the WGSL. */
const BLOCK = 4096;
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

  private readonly pipelines: Record<Step, GPUComputePipeline>;
  private readonly params: UniformRing;

  constructor(
    private readonly device: GPUDevice,
    scope: Scope,
  ) {
    const shader = createShader(device, 'select-smallest', code);
    this.pipelines = {
      histogram: createComputePipeline(device, shader, 'histogram'),
      pick: createComputePipeline(device, shader, 'pick'),
      countBlocks: createComputePipeline(device, shader, 'countBlocks'),
      scanBlocks: createComputePipeline(device, shader, 'scanBlocks'),
      scatter: createComputePipeline(device, shader, 'scatter'),
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
    const state = { buffer: selection.state };
    const keys = { buffer: selection.keys };
    const blocks = { buffer: selection.blocks };
    const indices = { buffer: selection.indices };
    const record = (step: Step, bindings: (GPUBindingResource | null)[], workgroups: number) =>
      recordCompute(encoder, this.device, this.pipelines[step], bindings, [workgroups, 1]);

    encoder.clearBuffer(selection.state);
    for (let digit = 0; digit < DIGITS; digit++) {
      record('histogram', [params, state, keys], blockCount);
      record('pick', [params, state], 1);
    }
    record('countBlocks', [params, state, keys, blocks], blockCount);
    record('scanBlocks', [params, state, null, blocks], 1);
    record('scatter', [params, state, keys, blocks, indices], blockCount);
  }
}
