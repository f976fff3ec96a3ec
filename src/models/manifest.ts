import * as v from 'valibot'; // A manifest may come from anywhere: it is checked against a schema.
import type { ByteSink } from '../core/byte-sink.ts';
import {
  firstProblem,
  integer,
  invalidManifest,
  list,
  literal,
  modelId,
  type NetworkFile,
  networkFile,
  number,
  object,
  type Problem,
  text,
  triple,
} from './manifest-schema.ts';

export type { NetworkFile } from './manifest-schema.ts';

/**
 * A matcher as data. Everything the engine knows of a network stands here; no code elsewhere names one.
 *
 * A matcher runs one or two passes. Every pass encodes both photos on their own and decodes each direction from the
 * two sets of features, so that both directions share one encoding. A second pass runs at a finer input size and is
 * given the first pass's outputs.
 */
export interface MatcherManifest {
  schema: typeof MANIFEST_SCHEMA;
  id: string;
  name: string;
  /** SPDX identifier of the weights' licence. */
  licence: string;
  /** Where the weights come from: an address, a paper or how they were trained. */
  source: string;
  description?: string;
  passes: [PassManifest] | [PassManifest, PassManifest];
  /** How this network's certainty is read as a verdict. */
  verdict: VerdictThresholds;
  /**
   * The warp's last fraction of a pixel is looked for in the photos themselves (compute/lucas-kanade): for networks that
   * end at a coarse stride.
   */
  subpixel?: boolean;
  /** What a right machine computes, so that a GPU that computes wrongly is found out. */
  check?: ReferenceManifest;
}

/**
 * The first direction's outputs on the synthetic pair of matching/reference-check, thinned out: of the rows and columns of
 * `grid` every `step`th is kept, from the first. Values are little-endian float32 in base64. Recorded for these very weights
 * by scripts/record-check.ts.
 */
export interface ReferenceManifest {
  grid: { width: number; height: number };
  step: number;
  /** [2, h, w] of the kept places, normalised. */
  warp: string;
  /** [h, w] */
  certaintyLogit: string;
}

export interface PassManifest {
  input: InputManifest;
  encoder: NetworkFile & {
    input: string;
    outputs: FeatureManifest[];
  };
  decoder: NetworkFile & {
    /**
     * Decoder input name → where it comes from: `a.<feature>` and `b.<feature>` of this pass, or `previous.<output>`
     * of the pass before (for the same direction). For B→A the engine exchanges a and b.
     */
    inputs: Record<string, string>;
    outputs: {
      /** [1, 2, h, w]: x and y in the other photo, normalised, align_corners = false. */
      warp: string;
      /** [1, 1, h, w]: logit of "visible in the other photo and matched right". */
      certaintyLogit: string;
      /**
       * [1, 3, h, w], of networks that know how sure a place is: xx, xy and yy of the warp's inverse covariance, in cells
       * of the warp's grid over the other photo (pixels of the input at stride 1). The matrix can be inverted.
       */
      precision?: string;
      /** Further outputs that the next pass asks for as `previous.<name>`. */
      extra?: string[];
      /**
       * A semi-dense network's own matches, unchanged: [1, 6, rows, columns], for every cell of this photo x and y in it, x and
       * y in the other (cells of the warps' grids, integers are their centres), confidence, and 1 where the published code
       * returns this match.
       */
      matches?: string;
    };
    /** Input pixels per cell of the warp grid. */
    stride: number;
  };
}

export interface InputManifest {
  /** `keep-aspect`: longer side as wanted, both sides rounded to the multiple. `square`: both sides equal, aspect not kept. */
  sizing: 'keep-aspect' | 'square';
  /** Each side is a multiple of this. */
  multipleOf: number;
  defaultLongSide: number;
  minSide: number;
  maxLongSide: number;
  /** The graph was built for the default size and takes no other. */
  fixedSize?: boolean;
  /** Subtracted from and divided into RGB in [0, 1] before the encoder; zeros and ones where the encoder does it itself. */
  mean: [number, number, number];
  std: [number, number, number];
}

export interface FeatureManifest {
  name: string;
  stride: number;
  channels: number;
}

export interface VerdictThresholds {
  /** A place counts as matched from this certainty on… */
  certainty: number;
  /** …if its cycle error is at most this share of the photo's longer side. */
  cycleShare: number;
  /** Below this overlap (larger of both photos) the photos show no common scene. */
  none: number;
  /** From this overlap on they match well. */
  good: number;
}

/** Hexadecimal digits of each file's hash that tell weights apart. */
const HASH_DIGITS = 12;

/** A short name of a model's weights: of the same manifest with other weights it differs. */
export const weightsOf = ({ passes }: MatcherManifest): string =>
  passes
    .flatMap(({ encoder, decoder }) => [encoder, decoder].map(({ sha256 }) => sha256.slice(0, HASH_DIGITS)))
    .join('-');

export const MANIFEST_SCHEMA = 'liftmatch-matcher/1';

/** Longest JSON that is parsed as a manifest; real ones are about 3 kB. */
export const MANIFEST_MAX_BYTES = 256 * 1024;

const SIDE = integer(1, 8192);
const STRIDE = integer(1, 256);

const PASS = object({
  input: object({
    sizing: v.picklist(['keep-aspect', 'square'], 'must be "keep-aspect" or "square"'),
    multipleOf: SIDE,
    defaultLongSide: SIDE,
    minSide: SIDE,
    maxLongSide: SIDE,
    mean: triple(-1e6, 1e6),
    std: triple(1e-6, 1e6),
  }),
  encoder: object({
    ...networkFile.entries,
    input: text,
    outputs: list(object({ stride: STRIDE, channels: integer(1, 65536), name: text })),
  }),
  decoder: object({
    ...networkFile.entries,
    stride: STRIDE,
    inputs: v.record(v.string(), v.unknown(), 'must be an object'),
    outputs: object({
      warp: text,
      certaintyLogit: text,
      precision: v.optional(text),
      matches: v.optional(text),
      extra: v.optional(list(text)),
    }),
  }),
});

const MATCHER = object({
  schema: literal(MANIFEST_SCHEMA),
  id: modelId,
  name: text,
  licence: text,
  source: text,
  passes: v.pipe(list(PASS), v.maxLength(2, 'must have one or two entries')),
  subpixel: v.optional(v.boolean('must be true or false')),
  verdict: object({ certainty: number(0, 1), cycleShare: number(0, 1), none: number(0, 1), good: number(0, 1) }),
  check: v.optional(
    object({ grid: object({ width: SIDE, height: SIDE }), step: SIDE, warp: text, certaintyLogit: text }),
  ),
});

/**
 * Checks what a JSON file says and returns it typed, as it is: what others have added to it stays.
 * @throws CodedError `manifest-invalid` that names the first wrong field.
 */
export function parseManifest(json: unknown, where: string): MatcherManifest {
  const problem = firstProblem(MATCHER, json);
  if (problem) throw invalidManifest(where, problem);
  const manifest = json as MatcherManifest;
  const unfit = unknownInput(manifest) ?? (manifest.check && unfitReference(manifest.check));
  if (unfit) throw invalidManifest(where, unfit);
  return manifest;
}

/** The first decoder input that comes from nowhere: neither this pass's features nor the pass before has it. */
function unknownInput({ passes }: MatcherManifest): Problem | null {
  let previous: string[] = [];
  for (const [i, { encoder, decoder }] of passes.entries()) {
    const features = encoder.outputs.flatMap(({ name }) => [`a.${name}`, `b.${name}`]);
    const known = [...features, ...previous];
    for (const [name, source] of Object.entries(decoder.inputs)) {
      if (known.includes(source)) continue;
      const message = `"${String(source)}" is none of ${known.join(', ')}`;
      return { path: `passes[${i}].decoder.inputs.${name}`, message };
    }
    const { warp, certaintyLogit, precision, extra } = decoder.outputs;
    const outputs = [warp, certaintyLogit, ...(precision === undefined ? [] : [precision]), ...(extra ?? [])];
    previous = outputs.map((name) => `previous.${name}`);
  }
  return null;
}

/** The first list of values that is not as long as its grid says. */
function unfitReference({ grid, step, ...values }: ReferenceManifest): Problem | null {
  const places = Math.ceil(grid.width / step) * Math.ceil(grid.height / step);
  for (const [key, planes] of [
    ['warp', 2],
    ['certaintyLogit', 1],
  ] as const) {
    const bytes = 4 * planes * places;
    const digits = values[key].replace(/=+$/, '').length;
    const isWhole = values[key].length === 4 * Math.ceil(bytes / 3) && digits === Math.ceil((bytes * 4) / 3);
    if (!isWhole || !/^[A-Za-z0-9+/]+={0,2}$/.test(values[key]))
      return { path: `check.${key}`, message: `must be ${bytes} bytes in base64` };
  }
  return null;
}

/** Where a model's files go: a folder of the disk or of OPFS. */
export interface ModelSink {
  /** Opens a new file of this plain name, replacing one that is there once it is closed. */
  open(file: string): Promise<ByteSink>;
}

/** The file in which a converted model is described. Written last: a folder without it is no model. */
export const MANIFEST_FILE = 'manifest.json';
