import type { MatchField, WarpField } from '../../compute/field/gpu.ts';
import { certainty } from '../../compute/certainty/cpu.ts';
import { cycleError } from '../../compute/cycle/cpu.ts';
import type { PlainField, PlainMatchField } from '../../compute/field/cpu.ts';
import { composeBackward, composeForward, drawFrame, type PlainDecoded } from '../../compute/frame/cpu.ts';
import { type Pixels, preprocess } from '../../compute/preprocess/cpu.ts';
import { type Probe, probe } from '../../compute/probe/cpu.ts';
import { statistics } from '../../compute/statistics/cpu.ts';
import type { Scope } from '../../platform/gpu/scope.ts';
import type { InputManifest, VerdictThresholds } from '../../models/manifest.ts';
import { otherSide, type Point, type Side, type Size } from '../../core/geometry.ts';
import type { Matrix3 } from '../../core/matrix3.ts';
import { type Backend, type PhotoHandle, type Statistics, statisticsOptions } from './backend.ts';
import { covarianceAt, precisionInPhoto } from '../match-covariance.ts';
import { ownMatchesOf } from '../own-matches.ts';
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
    const pixels = frame ? drawFrame(photo.pixels(), frame, size) : photo.pixels();
    const normalisation = { scale: 1, mean: input.mean, std: input.std };
    return this.runtime.tensor(preprocess(pixels, { size, normalisation }), [1, 3, size.height, size.width]);
  }

  finish(decoded: Record<Side, Decoded>, photos: Record<Side, CpuPhoto>, frame: Matrix3 | null): PlainMatchField {
    let a = plainDecoded(decoded.a);
    let b = plainDecoded(decoded.b);
    if (frame) {
      a = composeForward(a, frame);
      b = composeBackward(b, frame, gridOver(photos.b.size, b.grid));
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
    disposeDecoded(decoded.a);
    disposeDecoded(decoded.b);
    return fields;
  }

  gridSizes({ a, b }: PlainMatchField): Record<Side, Size> {
    return { a: a.grid, b: b.grid };
  }

  async statistics(field: PlainMatchField, thresholds: VerdictThresholds): Promise<Statistics> {
    return statistics(field, statisticsOptions(thresholds, { a: field.a.photo, b: field.b.photo }));
  }

  async readField(field: PlainMatchField, side: Side): Promise<PlainField> {
    return field[side];
  }

  async probe(field: PlainMatchField, side: Side, point: Point): Promise<Probe> {
    const covariance = covarianceAt(field[side], point);
    return { ...probe(field[side], point), ...(covariance && { covariance }) };
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

/** A grid over a photo with about as many places as `like`, in the photo's own aspect ratio. */
export function gridOver(photo: Size, like: Size): Size {
  const side = Math.sqrt((like.width * like.height) / (photo.width * photo.height));
  return { width: Math.max(2, Math.round(photo.width * side)), height: Math.max(2, Math.round(photo.height * side)) };
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
