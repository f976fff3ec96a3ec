import dispatchCode from '../../../shaders/common/dispatch.wgsl?raw';
import coordinatesCode from '../../../shaders/common/coordinates.wgsl?raw';
import rowCode from '../../../shaders/common/match-row.wgsl?raw';
import randomCode from '../../../shaders/common/random.wgsl?raw';
import balanceCode from '../../../shaders/match-balance.wgsl?raw';
import candidatesCode from '../../../shaders/match-candidates.wgsl?raw';
import { linearWorkgroups, recordCompute } from '../dispatch.ts';
import { certaintyBinding, cycleBinding, gridPoints, warpBinding } from '../field.ts';
import type { MatchField } from '../field.ts';
import { streamSeed } from '../reference/random.ts';
import { ROW_FLOATS, SAMPLING, drawnCount } from '../reference/sample-matches.ts';
import type { SampleOptions } from '../reference/sample-matches.ts';
import type { Scope } from '../scope.ts';
import { createComputePipeline, createShader } from '../shader.ts';
import { UniformRing } from '../uniforms.ts';
import { SelectSmallestPass } from './select-smallest.ts';

/** Where the sample goes. */
export interface SampleTarget {
  /** Rows of 8 floats, see ROW_FLOATS; room for {@link SampleMatchesPass.rowsBytes} of the number wanted. */
  rows: GPUBuffer;
  /** Arguments of drawIndirect (16 bytes, STORAGE | INDIRECT): as many instances as there are matches. */
  indirect: GPUBuffer;
}

/** What lies between the draws: kept from run to run, replaced when it is too small. */
interface Scratch {
  scope: Scope;
  candidates: number;
  drawn: number;
  keys: GPUBuffer;
  blocks: GPUBuffer;
  drawnIndices: GPUBuffer;
  drawnRows: GPUBuffer;
  balanceKeys: GPUBuffer;
  balancedIndices: GPUBuffer;
}

/** RoMa's sampling of correspondences without a readback, see reference/sample-matches.ts. */
export class SampleMatchesPass {
  private readonly selectSmallest: SelectSmallestPass;
  private readonly candidateKeys: GPUComputePipeline;
  private readonly gatherRows: GPUComputePipeline;
  private readonly balanceKeys: GPUComputePipeline;
  private readonly emitRows: GPUComputePipeline;
  private readonly candidateParams: UniformRing;
  private readonly balanceParams: UniformRing;
  private readonly drawnState: GPUBuffer;
  private readonly balancedState: GPUBuffer;
  private scratch: Scratch | null = null;

  constructor(
    private readonly device: GPUDevice,
    private readonly scope: Scope,
  ) {
    this.selectSmallest = new SelectSmallestPass(device, scope);
    const common = [dispatchCode, randomCode, rowCode];
    const candidates = createShader(device, 'match-candidates', ...common, coordinatesCode, candidatesCode);
    this.candidateKeys = createComputePipeline(device, candidates, 'candidateKeys');
    this.gatherRows = createComputePipeline(device, candidates, 'gatherRows');
    this.candidateParams = new UniformRing(device, scope, candidates, 'params');
    const balance = createShader(device, 'match-balance', ...common, balanceCode);
    this.balanceKeys = createComputePipeline(device, balance, 'balanceKeys');
    this.emitRows = createComputePipeline(device, balance, 'emitRows');
    this.balanceParams = new UniformRing(device, scope, balance, 'params');
    this.drawnState = scope.storage('sample-matches/drawn state', SelectSmallestPass.stateBytes);
    this.balancedState = scope.storage('sample-matches/balanced state', SelectSmallestPass.stateBytes);
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
    this.drawCandidates(encoder, field, options, scratch, length, drawn);
    this.drawBalanced(encoder, options.seed, scratch, drawn, wanted, target, vertexCount);
  }

  /** Draws by certainty: fills the scratch's drawn indices and rows. */
  private drawCandidates(
    encoder: GPUCommandEncoder,
    { a, b }: MatchField,
    options: SampleOptions,
    scratch: Scratch,
    length: number,
    drawn: number,
  ): void {
    const params = this.candidateParams.push({
      gridA: [a.grid.width, a.grid.height],
      gridB: [b.grid.width, b.grid.height],
      seed: streamSeed(options.seed, 0),
      threshold: options.threshold,
      cycleLimit: options.cycleLimit,
      certaintyCap: SAMPLING.certaintyCap,
    });
    const keys = { buffer: scratch.keys };
    const certainty = [certaintyBinding(a), certaintyBinding(b)];
    const keyBindings = [params, ...certainty, cycleBinding(a), cycleBinding(b), null, null, null, null, keys];
    recordCompute(encoder, this.device, this.candidateKeys, keyBindings, linearWorkgroups(length));
    this.selectSmallest.run(encoder, {
      keys: scratch.keys,
      length,
      wanted: drawn,
      indices: scratch.drawnIndices,
      state: this.drawnState,
      blocks: scratch.blocks,
    });
    const selection = [{ buffer: this.drawnState }, { buffer: scratch.drawnIndices }];
    const rowBindings = [
      params,
      ...certainty,
      null,
      null,
      warpBinding(a),
      warpBinding(b),
      ...selection,
      null,
      { buffer: scratch.drawnRows },
    ];
    recordCompute(encoder, this.device, this.gatherRows, rowBindings, linearWorkgroups(drawn));
  }

  /** Draws by density from the drawn rows into the target. */
  private drawBalanced(
    encoder: GPUCommandEncoder,
    seed: number,
    scratch: Scratch,
    drawn: number,
    wanted: number,
    target: SampleTarget,
    vertexCount: number,
  ): void {
    const params = this.balanceParams.push({
      capacity: drawn,
      seed: streamSeed(seed, 1),
      densitySamples: SAMPLING.densitySamples,
      densityScale: SAMPLING.densityScale,
      sharpness: 1 / (2 * SAMPLING.sigma ** 2),
      reach: SAMPLING.reach,
      loneDensity: SAMPLING.loneDensity,
      loneWeight: SAMPLING.loneWeight,
      vertexCount,
    });
    const rows = { buffer: scratch.drawnRows };
    const keys = { buffer: scratch.balanceKeys };
    const drawnSelection = [{ buffer: this.drawnState }, { buffer: scratch.drawnIndices }];
    const keyBindings = [params, ...drawnSelection, rows, keys];
    recordCompute(encoder, this.device, this.balanceKeys, keyBindings, linearWorkgroups(drawn));
    this.selectSmallest.run(encoder, {
      keys: scratch.balanceKeys,
      length: drawn,
      wanted,
      indices: scratch.balancedIndices,
      state: this.balancedState,
      blocks: scratch.blocks,
    });
    const balancedSelection = [{ buffer: this.balancedState }, { buffer: scratch.balancedIndices }];
    const emitted = [{ buffer: target.rows }, { buffer: target.indirect }];
    const emitBindings = [params, ...balancedSelection, rows, null, ...emitted];
    recordCompute(encoder, this.device, this.emitRows, emitBindings, linearWorkgroups(wanted));
  }

  private scratchFor(candidates: number, drawn: number): Scratch {
    const old = this.scratch;
    if (old && old.candidates >= candidates && old.drawn >= drawn) return old;
    // Work already submitted keeps destroyed buffers alive until it is done; work only recorded would not, but a
    // larger field or count means a new encoder.
    old?.scope.destroy();
    const scope = this.scope.child('sample-matches');
    this.scratch = {
      scope,
      candidates,
      drawn,
      keys: scope.storage('keys', 4 * candidates),
      blocks: scope.storage('blocks', SelectSmallestPass.blockBytes(candidates)),
      drawnIndices: scope.storage('drawn indices', 4 * drawn),
      drawnRows: scope.storage('drawn rows', SampleMatchesPass.rowsBytes(drawn)),
      balanceKeys: scope.storage('balance keys', 4 * drawn),
      balancedIndices: scope.storage('balanced indices', 4 * drawn),
    };
    return this.scratch;
  }
}
