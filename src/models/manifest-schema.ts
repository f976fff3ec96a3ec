import * as v from 'valibot'; // A manifest may come from anywhere: it is checked against a schema.
import { CodedError } from '../core/errors.ts';

/** Bytes of the largest file that a manifest may name. */
const MAX_FILE_BYTES = 8 * 2 ** 30;
/** Files of external data that a network may have. */
const MAX_DATA_FILES = 64;

export const text = v.pipe(v.string('must be a non-empty text'), v.nonEmpty('must be a non-empty text'));

export const number = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.minValue(low, message), v.maxValue(high, message));
};

export const integer = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}`;
  return v.pipe(
    v.number('must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(low, message),
    v.maxValue(high, message),
  );
};

/** What a key that is not there is told as, too: the schema of the object speaks for it. */
export const object = <const T extends v.ObjectEntries>(entries: T) =>
  v.object(entries, ({ expected }) => (expected === 'Object' ? 'must be an object' : 'is missing'));

export const list = <const T extends v.GenericSchema>(item: T) =>
  v.pipe(v.array(item, 'must be a list with at least one entry'), v.nonEmpty('must be a list with at least one entry'));

export const triple = (low: number, high: number) =>
  v.pipe(
    v.array(number(low, high), 'must have three numbers'),
    v.length(3, 'must have three numbers'),
    v.transform((values) => values as [number, number, number]),
  );

export const literal = <const T extends string>(value: T) => v.literal(value, `must be "${value}"`);

export const modelId = v.pipe(text, v.regex(/^[a-z0-9][a-z0-9._-]*$/, 'may hold a–z, 0–9, dot, dash and underscore'));

const file = {
  // A manifest from elsewhere must not name files outside its own folder.
  file: v.pipe(text, v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be one of plain file names, without a folder')),
  bytes: integer(1, MAX_FILE_BYTES),
  sha256: v.pipe(text, v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')),
};

/** An ONNX graph and the files of its weights. */
export const networkFile = object({
  ...file,
  externalData: v.optional(
    v.pipe(list(object(file)), v.maxLength(MAX_DATA_FILES, `must have at most ${MAX_DATA_FILES} entries`)),
  ),
});

export type NetworkFile = v.InferOutput<typeof networkFile>;

/** A field that says something wrong: where it stands, as `passes[0].encoder.file`, and what is wrong with it. */
export interface Problem {
  path: string;
  message: string;
}

/** The first field that does not fit, in the order of the schema; null where all do. */
export function firstProblem(schema: v.GenericSchema, json: unknown): Problem | null {
  const { issues } = v.safeParse(schema, json, { abortEarly: true });
  if (!issues) return null;
  const [{ path, message }] = issues;
  const steps = (path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return { path: steps.join('').replace(/^\./, ''), message };
}

export const invalidManifest = (where: string, { path, message }: Problem): CodedError =>
  new CodedError(
    'manifest-invalid',
    `The model manifest ${where} is not valid: ${path || 'the file'} ${message}.`,
    'Use a manifest made by "npm run convert", or correct that field.',
  );
