import balanceCode from '../../../shaders/match/match-balance.wgsl';
import candidatesCode from '../../../shaders/match/match-candidates.wgsl';
import emitCode from '../../../shaders/match/match-emit.wgsl';
import gatherCode from '../../../shaders/match/match-gather.wgsl';
import { linearWorkgroups } from '../../platform/gpu/dispatch.ts';
import { certaintyBinding, cycleBinding, gridPoints, warpBinding } from '../field/gpu.ts';
import type { MatchField } from '../field/gpu.ts';
import { Kernel } from '../../platform/gpu/kernel.ts';
import { streamSeed } from './random.ts';
import { ROW_FLOATS, SAMPLING, drawnCount } from './cpu.ts';
import type { SampleOptions } from './cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import { createShader } from '../../platform/gpu/shader.ts';
import { NO_KEY } from '../select-smallest/cpu.ts';
import { SelectSmallestPass } from '../select-smallest/gpu.ts';

/** Where the sample goes. */
export interface SampleTarget {
  /** Rows of 8 floats, see ROW_FLOATS; room for {@link SampleMatchesPass.rowsBytes} of the number wanted. */
  rows: GPUBuffer;
  /** Arguments of drawIndirect (16 bytes, STORAGE | INDIRECT): as many instances as there are matches. */
  indirect: GPUBuffer;
}

/** What a draw selected: the head of select-smallest's state, and the indices. */
interface Draw {
  state: GPUBuffer;
  indices: GPUBuffer;
}

/** What lies between field and target: kept from run to run, replaced when it is too small. */
interface Scratch {
  scope: Scope;
  /** Room, in places of both grids and in rows of the first draw. */
  candidates: number;
  drawn: number;
  candidateKeys: GPUBuffer;
  first: Draw;
  drawnRows: GPUBuffer;
  balanceKeys: GPUBuffer;
  second: Draw;
  blocks: GPUBuffer;
}

/** RoMa's sampling of correspondences without a readback, see reference/sample-matches.ts. */
export class SampleMatchesPass {
  private readonly selectSmallest: SelectSmallestPass;
  private readonly candidates: Kernel;
  private readonly gather: Kernel;
  private readonly balance: Kernel;
  private readonly emit: Kernel;
  private scratch: Scratch | null = null;

  constructor(
    device: GPUDevice,
    private readonly scope: Scope,
  ) {
    const kernel = (label: string, code: string) =>
      new Kernel(device, scope, createShader(device, label, code, { NO_KEY }));
    this.selectSmallest = new SelectSmallestPass(device, scope);
    this.candidates = kernel('match-candidates', candidatesCode);
    this.gather = kernel('match-gather', gatherCode);
    this.balance = kernel('match-balance', balanceCode);
    this.emit = kernel('match-emit', emitCode);
  }

  /** Bytes of the rows of `count` matches. */
  static rowsBytes(count: number): number {
    return 4 * ROW_FLOATS * count;
  }

  /** Samples `field` into `target`; `vertexCount` is that of one instance in the indirect arguments. */
  run(
    encoder: GPUCommandEncoder,
    field: MatchField,
    options: SampleOptions,
    target: SampleTarget,
    vertexCount = 4,
  ): void {
    const length = gridPoints(field.a.grid) + gridPoints(field.b.grid);
    const drawn = Math.min(length, drawnCount(options.count));
    const wanted = Math.min(length, options.count);
    const scratch = this.scratchFor(length, drawn);
    const { candidateKeys, balanceKeys, first, second, blocks } = scratch;

    this.runCandidates(encoder, field, options, candidateKeys);
    this.selectSmallest.run(encoder, { keys: candidateKeys, length, wanted: drawn, blocks, ...first });
    this.runGather(encoder, field, drawn, scratch);
    this.runBalance(encoder, options.seed, drawn, scratch);
    this.selectSmallest.run(encoder, { keys: balanceKeys, length: drawn, wanted, blocks, ...second });
    const emitted = {
      drawn: { buffer: scratch.drawnRows },
      rows: { buffer: target.rows },
      indirect: { buffer: target.indirect },
    };
    this.emit.run(encoder, { vertexCount }, { ...drawBindings(second), ...emitted }, linearWorkgroups(wanted));
  }

  private runCandidates(encoder: GPUCommandEncoder, field: MatchField, options: SampleOptions, keys: GPUBuffer): void {
    const { a, b } = field;
    const params = {
      ...gridParams(field),
      seed: streamSeed(options.seed, 0),
      threshold: options.threshold,
      cycleLimit: options.cycleLimit,
      certaintyCap: SAMPLING.certaintyCap,
    };
    const bindings = {
      certaintyA: certaintyBinding(a),
      certaintyB: certaintyBinding(b),
      cycleA: cycleBinding(a),
      cycleB: cycleBinding(b),
      keys: { buffer: keys },
    };
    const length = gridPoints(a.grid) + gridPoints(b.grid);
    this.candidates.run(encoder, params, bindings, linearWorkgroups(length));
  }

  private runGather(encoder: GPUCommandEncoder, field: MatchField, drawn: number, { first, drawnRows }: Scratch): void {
    const { a, b } = field;
    const bindings = {
      warpA: warpBinding(a),
      warpB: warpBinding(b),
      certaintyA: certaintyBinding(a),
      certaintyB: certaintyBinding(b),
      ...drawBindings(first),
      rows: { buffer: drawnRows },
    };
    this.gather.run(encoder, gridParams(field), bindings, linearWorkgroups(drawn));
  }

  private runBalance(encoder: GPUCommandEncoder, seed: number, drawn: number, scratch: Scratch): void {
    const params = {
      capacity: drawn,
      seed: streamSeed(seed, 1),
      densitySamples: SAMPLING.densitySamples,
      densityScale: SAMPLING.densityScale,
      sharpness: 1 / (2 * SAMPLING.sigma ** 2),
      reach: SAMPLING.reach,
      loneDensity: SAMPLING.loneDensity,
      loneWeight: SAMPLING.loneWeight,
    };
    const bindings = {
      ...drawBindings(scratch.first),
      drawn: { buffer: scratch.drawnRows },
      keys: { buffer: scratch.balanceKeys },
    };
    this.balance.run(encoder, params, bindings, linearWorkgroups(drawn));
  }

  private scratchFor(candidates: number, drawn: number): Scratch {
    const old = this.scratch;
    if (old && old.candidates >= candidates && old.drawn >= drawn) return old;
    // What is submitted keeps its buffers until it is done. What is only recorded does not: a caller that samples
    // twice in one encoder takes the larger sample first.
    old?.scope.destroy();
    const scope = this.scope.child('sample-matches');
    const draw = (label: string): Draw => ({
      state: scope.storage(`${label} state`, SelectSmallestPass.stateBytes),
      indices: scope.storage(`${label} indices`, 4 * drawn),
    });
    this.scratch = {
      scope,
      candidates,
      drawn,
      candidateKeys: scope.storage('candidate keys', 4 * candidates),
      first: draw('first draw'),
      drawnRows: scope.storage('drawn rows', SampleMatchesPass.rowsBytes(drawn)),
      balanceKeys: scope.storage('balance keys', 4 * drawn),
      second: draw('second draw'),
      blocks: scope.storage('blocks', SelectSmallestPass.blockBytes(candidates)),
    };
    return this.scratch;
  }
}

const drawBindings = ({ state, indices }: Draw) => ({ selection: { buffer: state }, indices: { buffer: indices } });

const gridParams = ({ a, b }: MatchField) => ({
  gridA: [a.grid.width, a.grid.height],
  gridB: [b.grid.width, b.grid.height],
});
