import * as v from 'valibot'; // Share files come from anywhere: share.json is checked against a schema.
import { CodedError } from '../../core/errors.ts';
import type { Side } from '../../core/geometry.ts';
import { type MatchResult, STAGES, type Verdict } from '../../core/match.ts';
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

const text = v.pipe(v.string('is not a text'), v.maxLength(MAX_TEXT, 'is too long a text'));
const number = (least: number) => {
  const message = `is not a number of at least ${least}`;
  return v.pipe(v.number(message), v.minValue(least, message));
};
const choice = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, `is not one of ${values.join(', ')}`);
const object = <T extends v.ObjectEntries>(entries: T) => v.object(entries, 'is not an object');
const sides = <T extends v.GenericSchema>(schema: T) => object({ a: schema, b: schema });

const flag = v.optional(v.boolean('is neither true nor false'));

const size = object({ width: number(1), height: number(1) });
const timings = Object.fromEntries(STAGES.map((stage) => [stage, v.optional(number(0))]));

const verdict = object({
  kind: choice(['good', 'partial', 'none']),
  sentence: text,
  overlap: sides(number(0)),
  meanCertainty: sides(number(0)),
  isMirrored: flag,
  repeats: flag,
  isUnexplained: flag,
  isMasked: flag,
  medianCycle: sides(v.nullable(number(0))),
}) satisfies v.GenericSchema<unknown, Verdict>;

const resultEntries = object({
  modelId: text,
  modelName: text,
  provider: choice(['webgpu', 'wasm']),
  inputSize: sides(size),
  gridSize: sides(size),
  timings: object(timings),
  rescue: object({
    tried: v.optional(v.unknown()),
    rotation: number(-360),
    scale: number(1e-3),
    isMirrored: flag,
    repeats: flag,
    isUnexplained: flag,
  }),
  verdict,
});

/** What is known of a match, as it is kept in a file. */
export const MATCH_RESULT = v.pipe(
  resultEntries,
  v.transform(
    ({ rescue, ...others }): MatchResult => ({
      ...others,
      // Nothing of a match from a file lies in this page's cache.
      cached: { a: false, b: false },
      rescue: { ...rescue, tried: rescue.tried === true },
    }),
  ),
);

/** Everything that is kept of share.json; its format and version have been looked at before. */
const MANIFEST = object({
  photos: sides(object({ name: text, type: text, file: text })),
  query: text,
  result: MATCH_RESULT,
});

/** Reads share.json: nothing that is not known is kept. Throws `share-version`, `share-malformed`. */
export function parseShareManifest(written: string): ShareManifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(written);
  } catch (cause) {
    throw malformed('share', 'share.json is not JSON.', { cause });
  }
  if (!v.is(v.object({ format: v.literal(SHARE_FORMAT) }), parsed))
    throw malformed('share', 'share.json does not name the format.');
  const { version } = parsed as { version?: unknown };
  if (version !== SHARE_VERSION) {
    throw new CodedError(
      'share-version',
      `This share file has version ${String(version)}, and this page reads version ${SHARE_VERSION}.`,
      'Reload the page to get its newest version, or ask for the file to be saved again.',
    );
  }
  const { success, output, issues } = v.safeParse(MANIFEST, parsed, { abortEarly: true });
  if (success) return { format: SHARE_FORMAT, version: SHARE_VERSION, ...output };
  const path = v.getDotPath(issues[0])?.replaceAll('.', ': ') ?? '';
  throw malformed('share', `share.json: ${path} ${issues[0].message}.`);
}
