import type { PassManifest } from '../models/manifest.ts';
import { inputSize } from '../models/input-size.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import type { Stage } from '../core/match.ts';
import type { Backend, FrameTaken, PhotoHandle } from './backend/backend.ts';
import type { FeatureCache } from './feature-cache.ts';
import { type Tokens, tokensOf } from './coarse.ts';
import type { RuntimeTensor } from '../platform/runtime/runtime.ts';
import { letMessagesIn } from '../platform/worker/let-messages-in.ts';
import { type Decoded, disposeDecoded, disposeFeatures, type Features, type Matcher } from './matcher.ts';

export interface MatchPlan {
  /** Longer side of the encoder's input for each photo; null: the manifest's default. */
  longSide: Record<Side, number | null>;
  /** Another view of B to match against instead, and its aspect; null: B as it is. A named one's features are cached. */
  frame: { matrix: Matrix3; size: Size; name?: string } | null;
}

export interface MatchContext {
  signal?: AbortSignal;
  onStage?: (stage: Stage) => void;
  /** Gets the wall milliseconds of every stage that ran. */
  onTime?: (stage: Stage, milliseconds: number) => void;
}

export interface Matched<Field> {
  field: Field;
  inputSize: Record<Side, Size>;
  /** True where the features came from the cache. */
  cached: Record<Side, boolean>;
}

/** Matches one pair in one way: photos → tensors → features (cached) → both directions → field. */
export class PairMatcher<Photo extends PhotoHandle, Field> {
  constructor(
    readonly matcher: Matcher,
    readonly backend: Backend<Photo, Field>,
    private readonly cache: FeatureCache,
  ) {}

  async match(photos: Record<Side, Photo>, plan: MatchPlan, context: MatchContext = {}): Promise<Matched<Field>> {
    let previous: Record<Side, Decoded> | null = null;
    let sizes: Record<Side, Size> | null = null;
    const cached = { a: true, b: true };
    try {
      for (let pass = 0; pass < this.matcher.passCount; pass++) {
        const features = {} as Record<Side, Features>;
        const framed: Features[] = [];
        try {
          sizes ??= { a: this.sizeOf(photos, plan, 0, 'a'), b: this.sizeOf(photos, plan, 0, 'b') };
          for (const side of ['a', 'b'] as const) {
            const size = this.sizeOf(photos, plan, pass, side);
            const frame = side === 'b' ? plan.frame : null;
            const key = this.cacheKey(photos[side], pass, size, frame?.name);
            // A nameless frame is met once: its features would only push others out of the cache.
            const isMetOnce = frame !== null && frame.name === undefined;
            if (isMetOnce || !this.cache.has(key)) cached[side] = false;
            const encode = () => this.encode(photos[side], side, pass, size, frame?.matrix ?? null, context);
            features[side] = isMetOnce ? await encode() : await this.cache.get(key, encode);
            if (isMetOnce) framed.push(features[side]);
            throwIfAborted(context.signal);
          }
          const decoded = await this.timed('decode', context, async () => ({
            a: await this.matcher.decode(pass, 'a', features, previous?.a),
            b: await this.matcher.decode(pass, 'b', features, previous?.b),
          }));
          if (previous) disposeBoth(previous);
          previous = decoded;
        } finally {
          framed.forEach(disposeFeatures);
        }
        throwIfAborted(context.signal);
      }
      const field = this.backend.finish(previous!, photos, this.frameTaken(previous!, photos, plan));
      previous = null;
      return { field, inputSize: sizes!, cached };
    } finally {
      if (previous) disposeBoth(previous);
      this.cache.trim();
    }
  }

  /** The encoder's output that the decoder compares across the whole photos, if it says so; see coarseFeature. */
  get coarseFeature(): string | null {
    return coarseFeature(this.matcher.manifest.passes[0]);
  }

  /**
   * The coarse features of one photo, or of a view of it, without any decoder. Nothing is cached: the input is small.
   * Only where {@link coarseFeature} is there.
   */
  async tokens(photo: Photo, longSide: number, frame: MatchPlan['frame'], signal?: AbortSignal): Promise<Tokens> {
    await letMessagesIn();
    throwIfAborted(signal);
    const { input } = this.matcher.manifest.passes[0];
    const size = inputSize(frame?.size ?? photo.size, input, longSide);
    const image = this.backend.preprocess(photo, size, input, frame?.matrix ?? null);
    let features: Features | null = null;
    try {
      features = await this.matcher.encode(0, image);
      const tensor = features[this.coarseFeature!];
      return tokensOf(await this.backend.readTensor(tensor), tensor.dims, frame?.matrix ?? null);
    } finally {
      if (features) disposeFeatures(features);
      image.dispose();
    }
  }

  /**
   * The coarse features of a whole photo, at the size that it is matched at and kept as a match keeps them. Only where
   * {@link coarseFeature} is there.
   */
  async wholeTokens(photo: Photo, longSide: number | null, context: MatchContext = {}): Promise<Tokens> {
    const size = inputSize(photo.size, this.matcher.manifest.passes[0].input, longSide);
    const key = this.cacheKey(photo, 0, size);
    try {
      const features = await this.cache.get(key, () => this.encode(photo, 'a', 0, size, null, context));
      const tensor = features[this.coarseFeature!];
      return tokensOf(await this.backend.readTensor(tensor), tensor.dims, null);
    } finally {
      this.cache.trim();
    }
  }

  private cacheKey(photo: Photo, pass: number, size: Size, frame = ''): string {
    return `${photo.key}/${this.matcher.manifest.id}/${pass}/${size.width}x${size.height}/${frame}`;
  }

  /** A photo as [1, 3, h, w] in [0, 1], as no network wants it. The caller's to dispose of. */
  plainImage(photo: Photo, size: Size): RuntimeTensor {
    const { input } = this.matcher.manifest.passes[0];
    return this.backend.preprocess(photo, size, { ...input, mean: [0, 0, 0], std: [1, 1, 1] }, null);
  }

  /** A photo's brightness in [0, 1] at a small size: nothing is cached, no network is asked. */
  async grey(photo: Photo, size: Size): Promise<Float32Array> {
    const image = this.plainImage(photo, size);
    try {
      const rgb = await this.backend.readTensor(image);
      const plane = size.width * size.height;
      return Float32Array.from({ length: plane }, (_, k) => (rgb[k] + rgb[plane + k] + rgb[2 * plane + k]) / 3);
    } finally {
      image.dispose();
    }
  }

  /** A frame's match is brought to the grid that B would have without one. */
  private frameTaken(decoded: Record<Side, Decoded>, photos: Record<Side, Photo>, plan: MatchPlan): FrameTaken | null {
    if (!plan.frame) return null;
    const last = this.matcher.passCount - 1;
    const framed = this.sizeOf(photos, plan, last, 'b');
    const plain = this.sizeOf(photos, { ...plan, frame: null }, last, 'b');
    const [, , height, width] = decoded.b.warp.dims;
    const side = (cells: number, from: number, to: number) => Math.max(2, Math.round((cells * to) / from));
    return {
      matrix: plan.frame.matrix,
      grid: { width: side(width, framed.width, plain.width), height: side(height, framed.height, plain.height) },
    };
  }

  private sizeOf(photos: Record<Side, Photo>, plan: MatchPlan, pass: number, side: Side): Size {
    const { input } = this.matcher.manifest.passes[pass];
    const shown = side === 'b' && plan.frame ? plan.frame.size : photos[side].size;
    // A wish is about the first pass; later ones have the sizes they were made for.
    return inputSize(shown, input, pass === 0 ? plan.longSide[side] : null);
  }

  private async encode(
    photo: Photo,
    side: Side,
    pass: number,
    size: Size,
    frame: Matrix3 | null,
    context: MatchContext,
  ): Promise<Features> {
    const { input } = this.matcher.manifest.passes[pass];
    const image = await this.timed('preprocess', context, async () =>
      this.backend.preprocess(photo, size, input, frame),
    );
    try {
      return await this.timed(side === 'a' ? 'encode-a' : 'encode-b', context, () => this.matcher.encode(pass, image));
    } finally {
      image.dispose();
    }
  }

  private async timed<T>(stage: Stage, context: MatchContext, work: () => Promise<T>): Promise<T> {
    await letMessagesIn();
    throwIfAborted(context.signal);
    context.onStage?.(stage);
    const start = performance.now();
    const result = await work();
    await this.backend.settled();
    context.onTime?.(stage, performance.now() - start);
    return result;
  }
}

/**
 * The coarsest feature map that a decoder takes of both photos: what it compares across the whole of them. Null where
 * there is none.
 */
function coarseFeature({ encoder, decoder }: PassManifest): string | null {
  const sources = new Set(Object.values(decoder.inputs));
  const shared = encoder.outputs.filter(({ name }) => sources.has(`a.${name}`) && sources.has(`b.${name}`));
  return shared.sort((p, q) => q.stride - p.stride)[0]?.name ?? null;
}

function disposeBoth(decoded: Record<Side, Decoded>): void {
  disposeDecoded(decoded.a);
  disposeDecoded(decoded.b);
}
