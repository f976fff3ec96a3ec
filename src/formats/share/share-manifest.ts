import { CodedError } from '../../core/errors.ts';
import type { Side, Size } from '../../core/geometry.ts';
import { type MatchResult, STAGES, type Stage, type Verdict } from '../../core/match.ts';
import { malformed } from '../malformed.ts';

export const SHARE_FORMAT = 'liftmatch-share';
export const SHARE_VERSION = 1;
const MAX_TEXT = 4096;

/** share.json of a share file. */
export interface ShareManifest {
  format: typeof SHARE_FORMAT;
  version: typeof SHARE_VERSION;
  /** The person's name of each photo, its media type, and the file in the archive. */
  photos: Record<Side, { name: string; type: string; file: string }>;
  /** View and settings as a link's query. */
  query: string;
  result: MatchResult;
}

/** Reads share.json, field by field: nothing that is not known is kept. Throws `share-version`, `share-malformed`. */
export function parseShareManifest(text: string): ShareManifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw malformed('share', 'share.json is not JSON.', { cause });
  }
  const root = new Reader(parsed, 'share.json');
  if (root.value('format') !== SHARE_FORMAT) throw malformed('share', 'share.json does not name the format.');
  const version = root.value('version');
  if (version !== SHARE_VERSION) {
    throw new CodedError(
      'share-version',
      `This share file has version ${String(version)}, and this page reads version ${SHARE_VERSION}.`,
      'Reload the page to get its newest version, or ask for the file to be saved again.',
    );
  }
  const photo = (reader: Reader) => ({
    name: reader.text('name'),
    type: reader.text('type'),
    file: reader.text('file'),
  });
  return {
    format: SHARE_FORMAT,
    version: SHARE_VERSION,
    photos: root.sides('photos', photo),
    query: root.text('query'),
    result: readResult(root.object('result')),
  };
}

function readResult(result: Reader): MatchResult {
  const size = (reader: Reader): Size => ({ width: reader.number('width', 1), height: reader.number('height', 1) });
  const timings: Partial<Record<Stage, number>> = {};
  const given = result.object('timings');
  for (const stage of STAGES) if (given.value(stage) !== undefined) timings[stage] = given.number(stage, 0);
  const rescue = result.object('rescue');
  return {
    modelId: result.text('modelId'),
    modelName: result.text('modelName'),
    provider: result.choice('provider', ['webgpu', 'wasm']),
    inputSize: result.sides('inputSize', size),
    gridSize: result.sides('gridSize', size),
    timings,
    // Nothing of a shared match lies in this page's cache.
    cached: { a: false, b: false },
    rescue: {
      tried: rescue.value('tried') === true,
      rotation: rescue.number('rotation', -360),
      scale: rescue.number('scale', 1e-3),
    },
    verdict: readVerdict(result.object('verdict')),
  };
}

function readVerdict(verdict: Reader): Verdict {
  const perSide = (name: string) => {
    const sides = verdict.object(name);
    return { a: sides.number('a', 0), b: sides.number('b', 0) };
  };
  const cycles = verdict.object('medianCycle');
  const median = (side: Side) => (cycles.value(side) === null ? null : cycles.number(side, 0));
  return {
    kind: verdict.choice('kind', ['good', 'partial', 'none']),
    sentence: verdict.text('sentence'),
    overlap: perSide('overlap'),
    meanCertainty: perSide('meanCertainty'),
    medianCycle: { a: median('a'), b: median('b') },
  };
}

/** Typed access to an object of parsed JSON; whatever is not as it should be is named by its path. */
class Reader {
  private readonly fields: Record<string, unknown>;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw malformed('share', `${path} is not an object.`);
    this.fields = value as Record<string, unknown>;
  }

  /** undefined where the object has no field of its own by that name. */
  value(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  object(name: string): Reader {
    return new Reader(this.value(name), `${this.path}: ${name}`);
  }

  sides<T>(name: string, read: (side: Reader) => T): Record<Side, T> {
    const both = this.object(name);
    return { a: read(both.object('a')), b: read(both.object('b')) };
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value.length > MAX_TEXT) throw this.wrong(name, 'a text');
    return value;
  }

  number(name: string, least: number): number {
    const value = this.value(name);
    if (typeof value !== 'number' || !(value >= least)) throw this.wrong(name, `a number of at least ${least}`);
    return value;
  }

  choice<const T extends string>(name: string, values: readonly T[]): T {
    const value = values.find((one) => one === this.value(name));
    if (value === undefined) throw this.wrong(name, `one of ${values.join(', ')}`);
    return value;
  }

  private wrong(name: string, expected: string) {
    return malformed('share', `${this.path}: ${name} is not ${expected}.`);
  }
}
