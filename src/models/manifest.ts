import type { ByteSink } from '../core/byte-sink.ts';
import { CodedError } from '../core/errors.ts';

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

export interface NetworkFile {
  /** Relative to the manifest. */
  file: string;
  bytes: number;
  sha256: string;
  externalData?: { file: string; bytes: number; sha256: string }[];
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

/**
 * Checks what a JSON file says and returns it typed.
 * @throws CodedError `manifest-invalid` that names the first wrong field.
 */
export function parseManifest(json: unknown, where: string): MatcherManifest {
  const check = new Checker(where);
  const root = check.object(json, '');
  if (root.schema !== MANIFEST_SCHEMA) check.fail('schema', `must be "${MANIFEST_SCHEMA}"`);
  for (const key of ['id', 'name', 'licence', 'source']) check.text(root[key], key);
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(root.id as string))
    check.fail('id', 'may hold a–z, 0–9, dot, dash and underscore');
  const passes = check.array(root.passes, 'passes');
  if (passes.length < 1 || passes.length > 2) check.fail('passes', 'must have one or two entries');
  let previousOutputs: string[] = [];
  passes.forEach((pass, i) => {
    previousOutputs = checkPass(check, pass, `passes[${i}]`, previousOutputs);
  });
  const verdict = check.object(root.verdict, 'verdict');
  for (const key of ['certainty', 'cycleShare', 'none', 'good']) check.number(verdict[key], `verdict.${key}`, 0, 1);
  if (root.subpixel !== undefined && typeof root.subpixel !== 'boolean')
    check.fail('subpixel', 'must be true or false');
  if (root.check !== undefined) checkReference(check, root.check, 'check');
  return root as unknown as MatcherManifest;
}

function checkReference(check: Checker, value: unknown, at: string): void {
  const reference = check.object(value, at);
  const grid = check.object(reference.grid, `${at}.grid`);
  const step = check.integer(reference.step, `${at}.step`, 1, 8192);
  const [columns, rows] = (['width', 'height'] as const).map((key) =>
    Math.ceil(check.integer(grid[key], `${at}.grid.${key}`, 1, 8192) / step),
  );
  for (const [key, planes] of [
    ['warp', 2],
    ['certaintyLogit', 1],
  ] as const) {
    const text = check.text(reference[key], `${at}.${key}`);
    const bytes = 4 * planes * columns * rows;
    const length = 4 * Math.ceil(bytes / 3);
    if (
      text.length !== length ||
      !/^[A-Za-z0-9+/]+={0,2}$/.test(text) ||
      text.replace(/=+$/, '').length !== Math.ceil((bytes * 4) / 3)
    )
      check.fail(`${at}.${key}`, `must be ${bytes} bytes in base64`);
  }
}

function checkPass(check: Checker, value: unknown, at: string, previous: string[]): string[] {
  const pass = check.object(value, at);
  const input = check.object(pass.input, `${at}.input`);
  if (input.sizing !== 'keep-aspect' && input.sizing !== 'square')
    check.fail(`${at}.input.sizing`, 'must be "keep-aspect" or "square"');
  for (const key of ['multipleOf', 'defaultLongSide', 'minSide', 'maxLongSide'])
    check.integer(input[key], `${at}.input.${key}`, 1, 8192);
  for (const key of ['mean', 'std']) {
    const triple = check.array(input[key], `${at}.input.${key}`);
    if (triple.length !== 3) check.fail(`${at}.input.${key}`, 'must have three numbers');
    triple.forEach((v, i) => check.number(v, `${at}.input.${key}[${i}]`, key === 'std' ? 1e-6 : -1e6, 1e6));
  }

  const encoder = checkFile(check, pass.encoder, `${at}.encoder`);
  check.text(encoder.input, `${at}.encoder.input`);
  const features = check.array(encoder.outputs, `${at}.encoder.outputs`).map((entry, i) => {
    const feature = check.object(entry, `${at}.encoder.outputs[${i}]`);
    check.integer(feature.stride, `${at}.encoder.outputs[${i}].stride`, 1, 256);
    check.integer(feature.channels, `${at}.encoder.outputs[${i}].channels`, 1, 65536);
    return check.text(feature.name, `${at}.encoder.outputs[${i}].name`);
  });

  const decoder = checkFile(check, pass.decoder, `${at}.decoder`);
  check.integer(decoder.stride, `${at}.decoder.stride`, 1, 256);
  const known = new Set([...features.flatMap((f) => [`a.${f}`, `b.${f}`]), ...previous.map((o) => `previous.${o}`)]);
  for (const [name, source] of Object.entries(check.object(decoder.inputs, `${at}.decoder.inputs`))) {
    if (!known.has(source as string))
      check.fail(`${at}.decoder.inputs.${name}`, `"${String(source)}" is none of ${[...known].join(', ')}`);
  }
  const outputs = check.object(decoder.outputs, `${at}.decoder.outputs`);
  const names = [
    check.text(outputs.warp, `${at}.decoder.outputs.warp`),
    check.text(outputs.certaintyLogit, `${at}.decoder.outputs.certaintyLogit`),
  ];
  if (outputs.precision !== undefined) names.push(check.text(outputs.precision, `${at}.decoder.outputs.precision`));
  if (outputs.matches !== undefined) check.text(outputs.matches, `${at}.decoder.outputs.matches`);
  if (outputs.extra !== undefined) {
    check
      .array(outputs.extra, `${at}.decoder.outputs.extra`)
      .forEach((v, i) => names.push(check.text(v, `${at}.decoder.outputs.extra[${i}]`)));
  }
  return names;
}

function checkFile(check: Checker, value: unknown, at: string): Record<string, unknown> {
  const file = check.object(value, at);
  const files = [
    file,
    ...(file.externalData === undefined ? [] : check.array(file.externalData, `${at}.externalData`)),
  ];
  files.forEach((entry, i) => {
    const where = i === 0 ? at : `${at}.externalData[${i - 1}]`;
    const { file: name, bytes, sha256 } = check.object(entry, where);
    // A manifest from elsewhere must not name files outside its own folder.
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(check.text(name, `${where}.file`)))
      check.fail(`${where}.file`, 'must be a plain file name');
    check.integer(bytes, `${where}.bytes`, 1, 8 * 2 ** 30);
    if (!/^[0-9a-f]{64}$/.test(check.text(sha256, `${where}.sha256`)))
      check.fail(`${where}.sha256`, 'must be 64 hexadecimal digits');
  });
  return file;
}

/** Reads unknown JSON field by field; the first wrong one throws with its path. */
class Checker {
  constructor(private readonly where: string) {}

  fail(path: string, problem: string): never {
    throw new CodedError(
      'manifest-invalid',
      `The model manifest ${this.where} is not valid: ${path || 'the file'} ${problem}.`,
      'Use a manifest made by "npm run convert", or correct that field.',
    );
  }

  object(value: unknown, path: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail(path, 'must be an object');
    return value as Record<string, unknown>;
  }

  array(value: unknown, path: string): unknown[] {
    if (!Array.isArray(value) || value.length === 0) this.fail(path, 'must be a list with at least one entry');
    return value as unknown[];
  }

  text(value: unknown, path: string): string {
    if (typeof value !== 'string' || value === '') this.fail(path, 'must be a non-empty text');
    return value as string;
  }

  number(value: unknown, path: string, low: number, high: number): number {
    if (typeof value !== 'number' || !(value >= low && value <= high))
      this.fail(path, `must be a number from ${low} to ${high}`);
    return value as number;
  }

  integer(value: unknown, path: string, low: number, high: number): number {
    if (!Number.isInteger(value)) this.fail(path, 'must be a whole number');
    return this.number(value, path, low, high);
  }
}

/** Where a model's files go: a folder of the disk or of OPFS. */
export interface ModelSink {
  /** Opens a new file of this plain name, replacing one that is there once it is closed. */
  open(file: string): Promise<ByteSink>;
}

/** The file in which a converted model is described. Written last: a folder without it is no model. */
export const MANIFEST_FILE = 'manifest.json';
