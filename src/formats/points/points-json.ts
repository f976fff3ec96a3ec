import { MAX_POINTS } from '../../core/points.ts';
import { centreOf, malformedPoints, type ReadPoints, shorten } from './points-rules.ts';

/** Points from JSON, in the forms that parsePoints names. */
export function parsePointsJson(name: string, text: string): ReadPoints {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw malformedPoints(name, errorLine(text, cause), 'This is not valid JSON.');
  }
  const fields = parsed as { points?: unknown; keypoints?: unknown; pixel_center?: unknown; pixel_centre?: unknown };
  const list = Array.isArray(parsed) ? parsed : (fields.points ?? fields.keypoints);
  if (!Array.isArray(list)) throw malformedPoints(name, null, 'It has no list, neither itself nor under “points”.');
  const read: ReadPoints = {
    places: [],
    labels: [],
    centre: Array.isArray(parsed) ? null : centreOf(fields.pixel_center ?? fields.pixel_centre ?? ''),
  };
  for (const [i, item] of list.slice(0, MAX_POINTS + 1).entries()) {
    const point = pointOf(item);
    if (!point) {
      const what = `point ${i + 1}, ${shorten(JSON.stringify(item) ?? 'nothing')}, does not have two numbers x and y.`;
      throw malformedPoints(name, lineOfItem(text, i), what);
    }
    read.places.push(point.x, point.y);
    read.labels.push(point.label);
  }
  return read;
}

function pointOf(item: unknown): { x: number; y: number; label: string } | null {
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  if (Array.isArray(item)) {
    const [x, y, label] = item as unknown[];
    return isNumber(x) && isNumber(y) ? { x, y, label: typeof label === 'string' ? label : '' } : null;
  }
  if (typeof item !== 'object' || item === null) return null;
  const { x, y, label, name, id } = item as Record<string, unknown>;
  const told = label ?? name ?? id;
  if (!isNumber(x) || !isNumber(y)) return null;
  return { x, y, label: typeof told === 'string' || typeof told === 'number' ? String(told) : '' };
}

/** The line that the runtime's message points at, where it says so. */
function errorLine(text: string, thrown: unknown): number | null {
  const message = thrown instanceof Error ? thrown.message : '';
  const line = /\bline (\d+)/.exec(message);
  if (line) return Number(line[1]);
  const position = /position (\d+)/.exec(message);
  return position ? lineAt(text, Number(position[1])) : null;
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;

/** The line on which item `index` of the first list in a valid JSON text begins. */
function lineOfItem(text: string, index: number): number | null {
  let at = text.indexOf('[');
  let depth = 0;
  let item = 0;
  for (; at >= 0 && at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      for (at++; text[at] !== '"' && at < text.length; at++) if (text[at] === '\\') at++;
      continue;
    }
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    else if (char === ',' && depth === 1) item++;
    else continue;
    if (item === index && depth === 1) {
      const next = text.slice(at + 1).search(/\S/);
      return lineAt(text, at + 1 + Math.max(0, next));
    }
  }
  return null;
}
