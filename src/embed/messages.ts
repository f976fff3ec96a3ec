import type { FlowSize } from '../exports/export-format.ts';
import type { ExportName } from '../exports/index.ts';
import { isExportName } from '../exports/index.ts';
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

/** Reads what came by postMessage; never throws. Only known fields are taken over. */
export function parseCommand(data: unknown): HostCommand | Refusal {
  if (!isObject(data) || data.liftmatch === undefined) return 'unknown';
  if (data.liftmatch !== PROTOCOL_VERSION || typeof data.type !== 'string') return 'malformed';
  const { id } = data;
  if (id !== undefined && !isText(id) && typeof id !== 'number') return 'malformed';
  switch (data.type) {
    case 'load':
      return parseLoad(data, id);
    case 'run':
      return { id, type: 'run' };
    case 'set':
      return parseSet(data, id);
    case 'export':
      return parseExport(data, id);
    default:
      return 'unknown';
  }
}

type Fields = Record<string, unknown>;

function parseLoad({ a, b, share }: Fields, id?: Id): HostCommand | Refusal {
  const given = [a, b, share].filter((value) => value !== undefined);
  if (given.length === 0 || !given.every(isResource)) return 'malformed';
  return { id, type: 'load', a, b, share } as HostCommand;
}

function parseSet({ options }: Fields, id?: Id): HostCommand | Refusal {
  if (!isObject(options)) return 'malformed';
  const entries = Object.entries(options);
  const isValue = (value: unknown) => isText(value) || typeof value === 'number' || typeof value === 'boolean';
  if (entries.length > MAX_OPTIONS || !entries.every(([, value]) => isValue(value))) return 'malformed';
  // As in an address, where switches are 1 and 0.
  const text = (value: unknown) => (typeof value === 'boolean' ? String(Number(value)) : String(value));
  return { id, type: 'set', options: Object.fromEntries(entries.map(([name, value]) => [name, text(value)])) };
}

function parseExport(data: Fields, id?: Id): HostCommand | Refusal {
  const { format, side = 'a', flowSize = 'match', scale = 1, legend = true } = data;
  const isScale = typeof scale === 'number' && scale >= 1 && scale <= 4;
  const isFlow = (side === 'a' || side === 'b') && (flowSize === 'match' || flowSize === 'photo');
  if (!isExportName(format) || !isScale || !isFlow || typeof legend !== 'boolean') return 'malformed';
  return { id, type: 'export', format, side, flowSize, scale, legend };
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT;
const isResource = (value: unknown): boolean => isText(value) || value instanceof Blob;
