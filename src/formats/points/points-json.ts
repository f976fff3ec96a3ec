import * as v from 'valibot'; // What a file may hold, said once; share files, manifests and cameras do it so.
import { MAX_POINTS, type PixelCentre } from '../../core/points.ts';
import { centreOf, malformedPoints, type ReadPoints, shorten } from './points-rules.ts';

const PLACE = v.pipe(v.number(), v.finite());
/** Words or a number; other things name nothing. */
const NAME = v.fallback(v.union([v.string(), v.pipe(v.number(), v.transform(String))]), '');

/** `[x, y]`, `[x, y, label, …]`, or an object with x and y whose label may be called otherwise. */
const POINT = v.union([
  v.pipe(
    v.tupleWithRest([PLACE, PLACE], v.unknown()),
    v.transform(([x, y, label]) => ({ x, y, label: typeof label === 'string' ? label : '' })),
  ),
  v.pipe(
    v.object({
      x: PLACE,
      y: PLACE,
      label: v.optional(v.unknown()),
      name: v.optional(v.unknown()),
      id: v.optional(v.unknown()),
    }),
    v.transform(({ x, y, label, name, id }) => ({ x, y, label: v.parse(NAME, label ?? name ?? id) })),
  ),
]);

const LIST = v.array(v.unknown());

/** The list itself, or an object that has it beside where the first pixel's centre is. */
const POINTS_FILE = v.union([
  v.pipe(
    LIST,
    v.transform((list) => ({ list, centre: null })),
  ),
  v.pipe(
    v.object({
      points: v.nullish(LIST),
      keypoints: v.nullish(LIST),
      pixel_center: v.optional(v.unknown()),
      pixel_centre: v.optional(v.unknown()),
    }),
    v.transform(({ points, keypoints, pixel_center, pixel_centre }) => ({
      list: points ?? keypoints,
      centre: centreOf(pixel_center ?? pixel_centre ?? ''),
    })),
    v.object({ list: LIST, centre: v.custom<PixelCentre | null>(() => true) }),
  ),
]);

/** Points from JSON, in the forms that parsePoints names. */
export function parsePointsJson(name: string, text: string): ReadPoints {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw malformedPoints(name, errorLine(text, cause), 'This is not valid JSON.');
  }
  const file = v.safeParse(POINTS_FILE, parsed);
  if (!file.success) throw malformedPoints(name, null, 'It has no list, neither itself nor under “points”.');
  const { list, centre } = file.output;
  const read: ReadPoints = { places: [], labels: [], centre };
  for (const [i, item] of list.slice(0, MAX_POINTS + 1).entries()) {
    const point = v.safeParse(POINT, item);
    if (!point.success) {
      const what = `point ${i + 1}, ${shorten(JSON.stringify(item) ?? 'nothing')}, does not have two numbers x and y.`;
      throw malformedPoints(name, lineOfItem(text, i), what);
    }
    read.places.push(point.output.x, point.output.y);
    read.labels.push(point.output.label);
  }
  return read;
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
