import type { Gpu } from '../../platform/gpu/device.ts';
import { type MatchField, type WarpField, gridPoints } from '../../compute/field/gpu.ts';
import { CertaintyPass } from '../../compute/certainty/gpu.ts';
import { certainty, shiftedLogits } from '../../compute/certainty/cpu.ts';
import { CyclePass } from '../../compute/cycle/gpu.ts';
import { isMasking, maskedProbe, maskedStatistics } from '../../compute/mask/cpu.ts';
import { MaskPass } from '../../compute/mask/gpu.ts';
import { type DecodedBuffers, FramePass } from '../../compute/frame/gpu.ts';
import { FollowMotionPass, LucasKanadePass, type PlanesBuffer } from '../../compute/lucas-kanade/gpu.ts';
import { PreprocessPass } from '../../compute/preprocess/gpu.ts';
import { ProbePass } from '../../compute/probe/gpu.ts';
import { StatisticsPass } from '../../compute/statistics/gpu.ts';
import type { PlainField } from '../../compute/field/cpu.ts';
import type { Probe } from '../../compute/probe/cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import type { InputManifest, VerdictThresholds } from '../../models/manifest.ts';
import { otherSide, type Point, type Side, type Size } from '../../core/geometry.ts';
import type { PhotoMask } from '../../core/mask.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import {
  type Backend,
  type FrameTaken,
  type PhotoHandle,
  type Statistics,
  statisticsOptions,
  sureFromOf,
} from './backend.ts';
import type { Covariance } from '../match-covariance.ts';
import { cellAt, covarianceOf, precisionInPhoto } from '../match-covariance.ts';
import { ownMatchesInMask, ownMatchesOf } from './own-matches.ts';
import { type Decoded, disposeDecoded } from '../matcher.ts';
import { readBytes } from '../../platform/gpu/readback.ts';
import type { Runtime, RuntimeTensor } from '../../platform/runtime/runtime.ts';

/** A photo that lies on the shared device. */
export interface GpuPhoto extends PhotoHandle {
  /** rgba8unorm, TEXTURE_BINDING, first mip level at the working size. */
  texture(): GPUTexture;
}

/** A match on the GPU. Warp and logit may still be the runtime's own tensors: `release` gives everything back. */
export interface GpuMatchField extends MatchField {
  release(): void;
}

/** The WGSL passes as the backend: from texture to field nothing is read back. */
export class GpuBackend implements Backend<GpuPhoto, GpuMatchField> {
  private readonly passes: {
    preprocess: PreprocessPass;
    frame: FramePass;
    certainty: CertaintyPass;
    cycle: CyclePass;
    lucasKanade: LucasKanadePass;
    followMotion: FollowMotionPass;
    mask: MaskPass;
    statistics: StatisticsPass;
    probe: ProbePass;
  };
  private readonly scope: Scope;

  constructor(
    private readonly gpu: Gpu,
    private readonly runtime: Runtime,
    root: Scope,
  ) {
    const { device } = gpu;
    this.scope = root.child('matching');
    this.passes = {
      preprocess: new PreprocessPass(device, this.scope),
      frame: new FramePass(device, this.scope),
      certainty: new CertaintyPass(device),
      cycle: new CyclePass(device, this.scope),
      lucasKanade: new LucasKanadePass(device, this.scope),
      followMotion: new FollowMotionPass(device, this.scope),
      mask: new MaskPass(device, this.scope),
      statistics: new StatisticsPass(device, this.scope),
      probe: new ProbePass(device, this.scope),
    };
  }

  preprocess(photo: GpuPhoto, size: Size, input: InputManifest, frame: Matrix3 | null): RuntimeTensor {
    const scope = this.scope.child('input');
    const tensor = scope.storage('tensor', PreprocessPass.tensorBytes(size));
    this.submit('preprocess', (encoder) => {
      let texture = photo.texture();
      if (frame) {
        const picture = scope.texture('frame', {
          size: [size.width, size.height],
          format: 'rgba8unorm',
          usage: FramePass.pictureUsage,
        });
        this.passes.frame.draw(encoder, texture, picture, frame);
        texture = picture;
      }
      this.passes.preprocess.run(encoder, texture, tensor, {
        size,
        normalisation: { scale: 1, mean: input.mean, std: input.std },
      });
    });
    return this.runtime.tensorOnGpu(tensor, [1, 3, size.height, size.width], () => scope.destroy());
  }

  finish(decoded: Record<Side, Decoded>, photos: Record<Side, GpuPhoto>, frame: FrameTaken | null): GpuMatchField {
    const scope = this.scope.child('field');
    const raw = { a: buffersOf(decoded.a), b: buffersOf(decoded.b) };
    const release = () => {
      scope.destroy();
      disposeDecoded(decoded.a);
      disposeDecoded(decoded.b);
    };
    const field = { release } as GpuMatchField;
    let freeMasks = () => {};
    this.submit('finish', (encoder) => {
      let { a, b } = raw;
      if (frame) {
        a = allocateDecoded(scope, 'a', raw.a.grid);
        b = allocateDecoded(scope, 'b', frame.grid);
        this.passes.frame.composeForward(encoder, raw.a, a, frame.matrix);
        this.passes.frame.composeBackward(encoder, raw.b, b, frame.matrix);
      }
      field.a = allocateField(scope, 'a', a, photos.a.size);
      field.b = allocateField(scope, 'b', b, photos.b.size);
      // A view of B that was drawn for the network has pixels of its own, whose covariance and matches say nothing of B's.
      if (!frame) {
        for (const side of ['a', 'b'] as const) {
          const { precision, own } = decoded[side];
          const { grid, photo } = field[otherSide(side)];
          if (precision) field[side].precision = { buffer: precision.buffer!, grid, photo };
          if (own) field[side].own = { buffer: own.buffer!, cells: own.dims[2] * own.dims[3], grid, photo };
        }
      }
      freeMasks = this.certain(encoder, field, { a: photos.a.mask ?? null, b: photos.b.mask ?? null });
      this.passes.cycle.run(encoder, field);
    });
    freeMasks();
    return field;
  }

  remask(field: GpuMatchField, masks: Record<Side, PhotoMask | null>): void {
    let freeMasks = () => {};
    this.submit('remask', (encoder) => {
      freeMasks = this.certain(encoder, field, masks);
    });
    freeMasks();
  }

  isMasked({ a }: GpuMatchField): boolean {
    return isMasking(a.mask);
  }

  /** Certainty of both directions from their logits, and 0 outside of the masks. Returns what is to be done after submitting. */
  private certain(encoder: GPUCommandEncoder, field: GpuMatchField, masks: Record<Side, PhotoMask | null>): () => void {
    const done: (() => void)[] = [];
    for (const side of ['a', 'b'] as const) {
      this.passes.certainty.run(encoder, field[side]);
      const mask = { here: masks[side], there: masks[otherSide(side)] };
      if (isMasking(mask)) {
        field[side].mask = mask;
        done.push(this.passes.mask.run(encoder, field[side], mask));
      } else delete field[side].mask;
    }
    return () => done.forEach((free) => free());
  }

  async readTensor({ data, buffer, dims }: RuntimeTensor): Promise<Float32Array> {
    if (data) return data;
    const floats = dims.reduce((product, side) => product * side, 1);
    return new Float32Array(await readBytes(this.gpu.device, buffer!, 4 * floats));
  }

  gridSizes({ a, b }: GpuMatchField): Record<Side, Size> {
    return { a: a.grid, b: b.grid };
  }

  async statistics(field: GpuMatchField, thresholds: VerdictThresholds): Promise<Statistics> {
    const options = statisticsOptions(thresholds, { a: field.a.photo, b: field.b.photo });
    const bytes = await this.readResult('statistics', StatisticsPass.bytes, (encoder, target) => {
      this.passes.statistics.run(encoder, field, options, target);
    });
    const { a, b } = StatisticsPass.parse(bytes);
    return {
      a: maskedStatistics(a, field.a.mask, field.a.grid),
      b: maskedStatistics(b, field.b.mask, field.b.grid),
    };
  }

  async probe(field: GpuMatchField, side: Side, point: Point): Promise<Probe> {
    const bytes = await this.readResult('probe', ProbePass.bytes, (encoder, target) => {
      this.passes.probe.run(encoder, field[side], point, target);
    });
    const covariance = await this.covarianceAt(field[side], point);
    const read = maskedProbe(ProbePass.parse(bytes), point, field[side].mask);
    return { ...read, ...(covariance && { covariance }) };
  }

  /** Three numbers of one cell are read back, no map. */
  private async covarianceAt({ grid, precision }: WarpField, point: Point): Promise<Covariance | null> {
    if (!precision) return null;
    const bytes = await this.readResult('covariance', 12, (encoder, target) => {
      for (const plane of [0, 1, 2])
        encoder.copyBufferToBuffer(
          precision.buffer,
          4 * (plane * gridPoints(grid) + cellAt(grid, point)),
          target,
          4 * plane,
          4,
        );
    });
    const [xx, xy, yy] = precisionInPhoto(new Float32Array(bytes), precision.grid, precision.photo);
    return covarianceOf(xx, xy, yy);
  }

  async readField(field: GpuMatchField, side: Side): Promise<PlainField> {
    const { grid, photo, warp, logit, cycle, precision, own, mask } = field[side];
    const points = gridPoints(grid);
    const read = async (buffer: GPUBuffer, floats: number) =>
      new Float32Array(await readBytes(this.gpu.device, buffer, floats * 4));
    const [warpValues, certaintyValues, cycleValues] = await Promise.all([
      read(warp, 2 * points),
      read(field[side].certainty, points),
      read(cycle, points),
    ]);
    const plain: PlainField = { grid, photo, warp: warpValues, certainty: certaintyValues, cycle: cycleValues };
    if (precision) {
      const raw = await read(precision.buffer, 3 * points);
      plain.precision = precisionInPhoto(raw, precision.grid, precision.photo);
    }
    if (own) plain.own = ownMatchesOf(await read(own.buffer, 6 * own.cells), field[side], own);
    if (mask) {
      Object.assign(plain, { mask, unmasked: certainty(warpValues, await read(logit, points)) });
      if (plain.own) plain.own = ownMatchesInMask(plain.own, photo, field[otherSide(side)].photo, mask);
    }
    return plain;
  }

  refineField(
    field: GpuMatchField,
    images: Record<Side, RuntimeTensor>,
    masks: Record<Side, PhotoMask | null>,
  ): GpuMatchField {
    const planes = planesOf(images);
    return this.withWarps('refined-field', field, masks, (encoder, side, warp) => {
      const { lucasKanade } = this.passes;
      const scratch = lucasKanade.run(encoder, planes[side], planes[otherSide(side)], field[side], warp);
      return () => scratch.destroy();
    });
  }

  followMotion(
    field: GpuMatchField,
    images: Record<Side, RuntimeTensor>,
    motions: Record<Side, Matrix3>,
    thresholds: VerdictThresholds,
    masks: Record<Side, PhotoMask | null>,
  ): GpuMatchField {
    const planes = planesOf(images);
    const sureFrom = sureFromOf(thresholds, { a: field.a.photo, b: field.b.photo });
    return this.withWarps('followed-field', field, masks, (encoder, side, warp) => {
      const [own, other] = [planes[side], planes[otherSide(side)]];
      this.passes.followMotion.run(encoder, own, other, field[side], motions[side], sureFrom[side], warp);
    });
  }

  /**
   * A field like the given one but for its warps, which `record` fills.
   * @param record may answer what frees its scratch once the commands have been submitted
   */
  private withWarps(
    label: string,
    field: GpuMatchField,
    masks: Record<Side, PhotoMask | null>,
    record: (encoder: GPUCommandEncoder, side: Side, warp: GPUBuffer) => (() => void) | void,
  ): GpuMatchField {
    const scope = this.scope.child(label);
    const made = { release: () => scope.destroy() } as GpuMatchField;
    const done: (() => void)[] = [];
    this.submit(label, (encoder) => {
      const copy = (name: string, from: GPUBuffer, bytes: number) => {
        const to = scope.storage(name, bytes);
        encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
        return to;
      };
      for (const side of ['a', 'b'] as const) {
        const { grid, photo, logit, precision, own } = field[side];
        const bytes = 4 * gridPoints(grid);
        const warp = scope.storage(`warp-${side}`, 2 * bytes);
        const free = record(encoder, side, warp);
        if (free) done.push(free);
        const decoded = { grid, warp, logit: copy(`logit-${side}`, logit, bytes) };
        made[side] = allocateField(scope, side, decoded, photo);
        if (precision) made[side].precision = { ...precision, buffer: copy('precision', precision.buffer, 3 * bytes) };
        if (own) made[side].own = { ...own, buffer: copy('own', own.buffer, 24 * own.cells) };
      }
      done.push(this.certain(encoder, made, masks));
      this.passes.cycle.run(encoder, made);
    });
    done.forEach((free) => free());
    return made;
  }

  shiftLogits(
    field: GpuMatchField,
    fields: Record<Side, PlainField>,
    shifts: Record<Side, Float32Array>,
    masks: Record<Side, PhotoMask | null>,
  ): void {
    for (const side of ['a', 'b'] as const) {
      const { certainty: masked, unmasked = masked } = fields[side];
      const logits = shiftedLogits(unmasked, shifts[side]) as Float32Array<ArrayBuffer>;
      this.gpu.device.queue.writeBuffer(field[side].logit, 0, logits);
    }
    this.remask(field, masks);
  }

  swapped({ a, b, release }: GpuMatchField): GpuMatchField {
    return { a: b, b: a, release };
  }

  onGpu(field: GpuMatchField): MatchField {
    return field;
  }

  dispose(field: GpuMatchField): void {
    field.release();
  }

  async settled(): Promise<void> {
    await this.gpu.device.queue.onSubmittedWorkDone();
  }

  private submit(label: string, record: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.gpu.device.createCommandEncoder({ label });
    record(encoder);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  private async readResult(
    label: string,
    bytes: number,
    record: (encoder: GPUCommandEncoder, target: GPUBuffer) => void,
  ): Promise<ArrayBuffer> {
    const target = this.scope.storage(label, bytes);
    try {
      this.submit(label, (encoder) => record(encoder, target));
      return await readBytes(this.gpu.device, target, bytes);
    } finally {
      this.scope.release(target);
    }
  }
}

function planesOf(images: Record<Side, RuntimeTensor>): Record<Side, PlanesBuffer> {
  const planes = ({ buffer, dims }: RuntimeTensor) => ({ size: { width: dims[3], height: dims[2] }, buffer: buffer! });
  return { a: planes(images.a), b: planes(images.b) };
}

function buffersOf({ warp, logit }: Decoded): DecodedBuffers {
  const [, , height, width] = warp.dims;
  return { grid: { width, height }, warp: warp.buffer!, logit: logit.buffer! };
}

function allocateDecoded(scope: Scope, side: Side, grid: Size): DecodedBuffers {
  return {
    grid,
    warp: scope.storage(`warp-${side}`, 8 * gridPoints(grid)),
    logit: scope.storage(`logit-${side}`, 4 * gridPoints(grid)),
  };
}

function allocateField(scope: Scope, side: Side, decoded: DecodedBuffers, photo: Size): WarpField {
  const bytes = 4 * gridPoints(decoded.grid);
  return {
    ...decoded,
    photo,
    certainty: scope.storage(`certainty-${side}`, bytes),
    cycle: scope.storage(`cycle-${side}`, bytes),
  };
}
