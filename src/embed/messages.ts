import * as v from 'valibot'; // Hosts are strangers: what they send is checked against schemas.
import type { FlowSize } from '../exports/export-format.ts';
import type { ExportName } from '../exports/index.ts';
import { EXPORTS } from '../exports/index.ts';
import type { PlainError } from '../core/errors.ts';
import type { Side } from '../core/geometry.ts';
import type { MatchResult, Progress } from '../core/match.ts';

/** Version of the messages; every one of them carries it as `liftmatch`. Grows when an old host would misunderstand. */
export const PROTOCOL_VERSION = 1;

/** A photo or share file: an http(s) address, or its bytes. */
export type Resource = string | Blob;
type Id = string | number;

/** What a host page may ask. `id` comes back as `replyTo`. */
export type HostCommand = { id?: Id } & (
  | { type: 'load'; a?: Resource; b?: Resource; share?: Resource }
  | { type: 'run' }
  /** The embed's own address parameters: view, threshold, model, theme, controls … */
  | { type: 'set'; options: Record<string, string> }
  | { type: 'export'; format: ExportName; side: Side; flowSize: FlowSize; scale: number; legend: boolean }
);

/** What an embed tells its host. */
export type EmbedMessage =
  | { type: 'ready'; capabilities: readonly string[] }
  | ({ type: 'progress' } & Progress)
  /** The height that shows the photos without empty space at the present width, CSS pixels. */
  | { type: 'size'; width: number; height: number }
  | { type: 'result'; kind: 'match'; result: MatchResult }
  | { type: 'result'; kind: 'export'; replyTo?: Id; name: string; blob: Blob; notes: string[] }
  | { type: 'result'; kind: 'done'; replyTo?: Id }
  | ({ type: 'error'; replyTo?: Id } & PlainError);

/** A message that is not acted on: not one of ours, or ours and wrong. */
export type Refusal = 'unknown' | 'malformed';

const MAX_TEXT = 4096;
const MAX_OPTIONS = 64;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const id = v.optional(v.union([text, v.number()]));
const resource = v.optional(v.union([text, v.instance(Blob)]));
const side = v.optional(v.picklist(['a', 'b']), 'a');
/** As in an address, where switches are 1 and 0. */
const option = v.pipe(
  v.union([text, v.number(), v.nan(), v.boolean()]),
  v.transform((value) => (typeof value === 'boolean' ? String(Number(value)) : String(value))),
);

/** What each command consists of; other fields are left out. */
const COMMANDS = {
  load: v.pipe(
    v.object({ id, type: v.literal('load'), a: resource, b: resource, share: resource }),
    v.check(({ a, b, share }) => [a, b, share].some((given) => given !== undefined)),
  ),
  run: v.object({ id, type: v.literal('run') }),
  set: v.object({
    id,
    type: v.literal('set'),
    options: v.pipe(
      v.record(v.string(), option),
      v.check((options) => Object.keys(options).length <= MAX_OPTIONS),
    ),
  }),
  export: v.object({
    id,
    type: v.literal('export'),
    format: v.picklist(EXPORTS.map(({ name }) => name)),
    side,
    flowSize: v.optional(v.picklist(['match', 'photo']), 'match'),
    scale: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(4)), 1),
    legend: v.optional(v.boolean(), true),
  }),
} satisfies Record<HostCommand['type'], v.GenericSchema<unknown, HostCommand>>;

const envelope = v.object({ liftmatch: v.literal(PROTOCOL_VERSION), type: v.string() });

/** Reads what came by postMessage; never throws. Only known fields are taken over. */
export function parseCommand(data: unknown): HostCommand | Refusal {
  if (typeof data !== 'object' || (data as { liftmatch?: unknown } | null)?.liftmatch === undefined) return 'unknown';
  if (!v.is(envelope, data)) return 'malformed';
  if (!Object.hasOwn(COMMANDS, data.type)) return 'unknown';
  const { success, output } = v.safeParse(COMMANDS[data.type as HostCommand['type']], data, { abortEarly: true });
  return success ? output : 'malformed';
}
