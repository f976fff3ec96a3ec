import type { MatchField, WarpField } from '../../compute/field/gpu.ts';
import { certainty, shiftedLogits } from '../../compute/certainty/cpu.ts';
import { cycleError } from '../../compute/cycle/cpu.ts';
import { isMasking, maskCertainty, maskedProbe, maskedStatistics } from '../../compute/mask/cpu.ts';
import type { PlainField, PlainMatchField } from '../../compute/field/cpu.ts';
import {
  composeBackward,
  composeForward,
  drawFrame,
  type PlainDecoded,
  supersampling,
} from '../../compute/frame/cpu.ts';
import { type Planes, refineWarp } from '../../compute/lucas-kanade/cpu.ts';
import { followMotion } from '../../compute/lucas-kanade/follow-motion.ts';
import { type Pixels, preprocess } from '../../compute/preprocess/cpu.ts';
import { type Probe, probe } from '../../compute/probe/cpu.ts';
import { statistics } from '../../compute/statistics/cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import type { InputManifest, VerdictThresholds } from '../../models/manifest.ts';
import { otherSide, type Point, type Side, type Size } from '../../core/geometry.ts';
import type { FieldMask, PhotoMask } from '../../core/mask.ts';
import { IDENTITY3, type Matrix3 } from '../../core/matrix3.ts';
import {
  type Backend,
  type FrameTaken,
  type PhotoHandle,
  type Statistics,
  statisticsOptions,
  sureFromOf,
} from './backend.ts';
import { covarianceAt, precisionInPhoto } from '../match-covariance.ts';
import { ownMatchesInMask, ownMatchesOf } from './own-matches.ts';
import { type Decoded, disposeDecoded } from '../matcher.ts';
import type { Runtime, RuntimeTensor } from '../../platform/runtime/runtime.ts';

/** A photo whose pixels can be had in ordinary memory. */
export interface CpuPhoto extends PhotoHandle {
  pixels(): Pixels;
}

/** The passes' references as the backend: for WASM, browsers without WebGPU, and the command line. */
export class CpuBackend implements Backend<CpuPhoto, PlainMatchField> {
  /** By side, so that swapping moves nothing. */
  private readonly uploads = new Map<PlainField, UploadedField>();
  /** Photos at their own size, a half, a quarter…; gone with the photo. */
  private readonly copies = new WeakMap<Pixels, Pixels[]>();

  /**
   * @param runtime null for fields that come from elsewhere: then nothing can be preprocessed
   * @param root the scope of the device that draws; null where there is none
   */
  constructor(
    private readonly runtime: Runtime | null,
    private readonly root: Scope | null = null,
  ) {}

  preprocess(photo: CpuPhoto, size: Size, input: InputManifest, frame: Matrix3 | null): RuntimeTensor {
    if (!this.runtime) throw new Error('This backend has no runtime.');
    const pixels = frame ? drawFrame(this.nearestCopy(photo.pixels(), frame, size), frame, size) : photo.pixels();
    const normalisation = { scale: 1, mean: input.mean, std: input.std };
    return this.runtime.tensor(preprocess(pixels, { size, normalisation }), [1, 3, size.height, size.width]);
  }

  finish(decoded: Record<Side, Decoded>, photos: Record<Side, CpuPhoto>, frame: FrameTaken | null): PlainMatchField {
    let a = plainDecoded(decoded.a);
    let b = plainDecoded(decoded.b);
    if (frame) {
      a = composeForward(a, frame.matrix);
      b = composeBackward(b, frame.matrix, frame.grid);
    }
    const fields = { a: fieldOf(a, photos.a.size), b: fieldOf(b, photos.b.size) };
    // A view of B that was drawn for the network has pixels of its own, whose covariance and matches say nothing of B's.
    if (!frame) {
      for (const side of ['a', 'b'] as const) {
        const { precision, own } = decoded[side];
        const other = fields[otherSide(side)];
        if (precision) fields[side].precision = precisionInPhoto(precision.data!, other.grid, other.photo);
        if (own) fields[side].own = ownMatchesOf(own.data!, fields[side], other);
      }
    }
    fields.a.cycle = cycleError(fields.a, fields.b);
    fields.b.cycle = cycleError(fields.b, fields.a);
    this.remask(fields, { a: photos.a.mask ?? null, b: photos.b.mask ?? null });
    disposeDecoded(decoded.a);
    disposeDecoded(decoded.b);
    return fields;
  }

  async readTensor(tensor: RuntimeTensor): Promise<Float32Array> {
    return tensor.data!;
  }

  gridSizes({ a, b }: PlainMatchField): Record<Side, Size> {
    return { a: a.grid, b: b.grid };
  }

  remask({ a, b }: PlainMatchField, masks: Record<Side, PhotoMask | null>): void {
    this.maskSide(a, { here: masks.a, there: masks.b });
    this.maskSide(b, { here: masks.b, there: masks.a });
  }

  isMasked({ a }: PlainMatchField): boolean {
    return isMasking(a.mask);
  }

  private maskSide(field: PlainField, mask: FieldMask): void {
    const plain = field.unmasked ?? field.certainty;
    if (isMasking(mask)) {
      field.certainty = maskCertainty(plain, field.warp, field.grid, mask);
      Object.assign(field, { mask, unmasked: plain });
    } else {
      field.certainty = plain;
      delete field.mask;
      delete field.unmasked;
    }
    const uploaded = this.uploads.get(field);
    const { certainty: values } = field;
    uploaded?.scope.device.queue.writeBuffer(uploaded.field.certainty, 0, values as Float32Array<ArrayBuffer>);
  }

  async statistics(field: PlainMatchField, thresholds: VerdictThresholds): Promise<Statistics> {
    const { a, b } = statistics(field, statisticsOptions(thresholds, { a: field.a.photo, b: field.b.photo }));
    return {
      a: maskedStatistics(a, field.a.mask, field.a.grid),
      b: maskedStatistics(b, field.b.mask, field.b.grid),
    };
  }

  async readField(field: PlainMatchField, side: Side): Promise<PlainField> {
    const { own, mask, photo } = field[side];
    if (!own || !mask) return field[side];
    return { ...field[side], own: ownMatchesInMask(own, photo, field[otherSide(side)].photo, mask) };
  }

  async probe(field: PlainMatchField, side: Side, point: Point): Promise<Probe> {
    const covariance = covarianceAt(field[side], point);
    const read = maskedProbe(probe(field[side], point), point, field[side].mask);
    return { ...read, ...(covariance && { covariance }) };
  }

  refineField(field: PlainMatchField, images: Record<Side, RuntimeTensor>): PlainMatchField {
    const planes = planesOf(images);
    const refined = (side: Side) => {
      const { grid, warp } = field[side];
      return refineWarp(planes[side], planes[otherSide(side)], grid, warp);
    };
    return withWarps(field, { a: refined('a'), b: refined('b') });
  }

  followMotion(
    field: PlainMatchField,
    images: Record<Side, RuntimeTensor>,
    motions: Record<Side, Matrix3>,
    thresholds: VerdictThresholds,
  ): PlainMatchField {
    const planes = planesOf(images);
    const sureFrom = sureFromOf(thresholds, { a: field.a.photo, b: field.b.photo });
    const followed = (side: Side) =>
      followMotion(planes[side], planes[otherSide(side)], field[side], motions[side], sureFrom[side]);
    return withWarps(field, { a: followed('a'), b: followed('b') });
  }

  shiftLogits(
    field: PlainMatchField,
    fields: Record<Side, PlainField>,
    shifts: Record<Side, Float32Array>,
    masks: Record<Side, PhotoMask | null>,
  ): void {
    for (const side of ['a', 'b'] as const) {
      const { warp, certainty: masked, unmasked = masked } = fields[side];
      field[side].certainty = certainty(warp, shiftedLogits(unmasked, shifts[side]));
      delete field[side].unmasked;
    }
    this.remask(field, masks);
  }

  swapped({ a, b }: PlainMatchField): PlainMatchField {
    return { a: b, b: a };
  }

  onGpu(field: PlainMatchField): MatchField | null {
    if (!this.root) return null;
    const upload = (side: PlainField): WarpField => {
      let uploaded = this.uploads.get(side);
      if (!uploaded) {
        uploaded = uploadField(this.root!, side);
        this.uploads.set(side, uploaded);
      }
      return uploaded.field;
    };
    return { a: upload(field.a), b: upload(field.b) };
  }

  dispose(field: PlainMatchField): void {
    for (const side of [field.a, field.b]) {
      this.uploads.get(side)?.scope.destroy();
      this.uploads.delete(side);
    }
  }

  async settled(): Promise<void> {}

  /** The photo, or a smaller copy of it that still has more detail than the frame shows: many frames are drawn of it. */
  private nearestCopy(photo: Pixels, frame: Matrix3, size: Size): Pixels {
    let copies = this.copies.get(photo);
    if (!copies) this.copies.set(photo, (copies = [photo]));
    const wanted = Math.floor(Math.log2(supersampling(photo, frame, size)));
    while (copies.length <= wanted) copies.push(halved(copies[copies.length - 1]));
    return copies[wanted];
  }
}

/** The field like the given one but for its warps. */
function withWarps({ a, b }: PlainMatchField, warps: Record<Side, Float32Array>): PlainMatchField {
  const fields = { a: { ...a, warp: warps.a }, b: { ...b, warp: warps.b } };
  fields.a.cycle = cycleError(fields.a, fields.b);
  fields.b.cycle = cycleError(fields.b, fields.a);
  return fields;
}

function planesOf(images: Record<Side, RuntimeTensor>): Record<Side, Planes> {
  const planes = ({ data, dims }: RuntimeTensor): Planes => ({
    size: { width: dims[3], height: dims[2] },
    values: data!,
  });
  return { a: planes(images.a), b: planes(images.b) };
}

/** Half the size, each pixel averaged over its area. */
function halved(photo: Pixels): Pixels {
  const half = (side: number) => Math.max(1, Math.round(side / 2));
  return drawFrame(photo, IDENTITY3, { width: half(photo.width), height: half(photo.height) });
}

/** A field that was matched on the CPU, copied to where it is drawn. */
interface UploadedField {
  field: WarpField;
  scope: Scope;
}

function uploadField(root: Scope, { grid, photo, warp, certainty, cycle }: PlainField): UploadedField {
  const scope = root.child('uploaded-field');
  const upload = (label: string, data: Float32Array) => {
    const buffer = scope.storage(label, data.byteLength);
    scope.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const certaintyBuffer = upload('certainty', certainty);
  // Nothing after the certainty pass reads the logit.
  return {
    scope,
    field: {
      grid,
      photo,
      warp: upload('warp', warp),
      logit: certaintyBuffer,
      certainty: certaintyBuffer,
      cycle: upload('cycle', cycle),
    },
  };
}

function plainDecoded({ warp, logit }: Decoded): PlainDecoded {
  const [, , height, width] = warp.dims;
  // Copies: the runtime may reuse its memory once the tensor is disposed of.
  return { grid: { width, height }, warp: warp.data!.slice(), logit: logit.data!.slice() };
}

const fieldOf = ({ grid, warp, logit }: PlainDecoded, photo: Size): PlainField => ({
  grid,
  photo,
  warp,
  certainty: certainty(warp, logit),
  cycle: new Float32Array(0),
});
