import { inputSize } from '../models/input-size.ts';
import { throwIfAborted } from '../core/errors.ts';
import type { Side, Size } from '../core/geometry.ts';
import type { Matrix3 } from '../core/matrix3.ts';
import type { Stage } from '../core/match.ts';
import type { Backend, PhotoHandle } from './backend/backend.ts';
import type { FeatureCache } from './feature-cache.ts';
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
            const key = `${photos[side].key}/${this.matcher.manifest.id}/${pass}/${size.width}x${size.height}/${frame?.name ?? ''}`;
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
      const field = this.backend.finish(previous!, photos, plan.frame?.matrix ?? null);
      previous = null;
      return { field, inputSize: sizes!, cached };
    } finally {
      if (previous) disposeBoth(previous);
      this.cache.trim();
    }
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
    throwIfAborted(context.signal);
    context.onStage?.(stage);
    const start = performance.now();
    const result = await work();
    await this.backend.settled();
    context.onTime?.(stage, performance.now() - start);
    return result;
  }
}

function disposeBoth(decoded: Record<Side, Decoded>): void {
  disposeDecoded(decoded.a);
  disposeDecoded(decoded.b);
}
