import * as v from 'valibot'; // What comes from outside is checked against a schema.
import { SHAPES, type SolidShape } from '../gaussians/truth/solid.ts';
import { malformed, tooLarge } from './malformed.ts';
import type { NamedText } from './scene-cameras.ts';

/** Each costs some hundred bytes and a few rays' time. */
export const MAX_SCENE_SURFACES = 200_000;
export const MAX_SURFACES_TEXT_BYTES = 64 * 1024 * 1024;

/** Whether a text that lies beside a scene has its true surfaces, not its cameras. */
export const isSurfacesText = (text: string): boolean => /^\s*\{[^[]{0,200}"surfaces"\s*:/.test(text);

const number = v.pipe(v.number(), v.finite(), v.minValue(-1e9), v.maxValue(1e9));
const vector = v.tuple([number, number, number]);
const length = v.pipe(number, v.minValue(1e-9));
const radius = v.pipe(number, v.minValue(0));

const SURFACES = v.object({
  version: v.literal(1),
  surfaces: v.pipe(
    v.array(
      v.object({
        shape: v.picklist(SHAPES),
        at: vector,
        half: v.tuple([length, length, length]),
        axes: v.optional(
          v.pipe(
            v.tuple([vector, vector, vector]),
            v.check((axes) => areOrthonormal(axes), 'Its axes are not unit vectors at right angles.'),
          ),
        ),
        radii: v.optional(v.tuple([radius, radius])),
        open: v.optional(v.boolean()),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_SCENE_SURFACES),
  ),
});

/**
 * `surfaces.json`: the solids that a scene of Gaussians was made from, in the scene's axes and units, so that labels can
 * be held against rays that meet them. docs/scene-files.md tells the format.
 * @throws CodedError `surfaces-malformed`, `limit-exceeded`; messages begin with the file's name
 */
export function readSceneSurfaces({ name, text }: NamedText): readonly SolidShape[] {
  if (text.length > MAX_SURFACES_TEXT_BYTES) throw tooLarge(`${name} has ${text.length} letters.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed('surfaces', `${name}: It is no JSON.`, { cause });
  }
  const parsed = v.safeParse(SURFACES, json, { abortEarly: true });
  if (parsed.success) return parsed.output.surfaces;
  const place = v.getDotPath(parsed.issues[0]) ?? 'its top';
  throw malformed('surfaces', `${name}: It does not hold surfaces as docs/scene-files.md tells them, at ${place}.`);
}

/** A surface a line, numbers to eight digits. */
export function encodeSceneSurfaces(solids: readonly SolidShape[]): string {
  const lines = solids.map(({ shape, at, half, axes, radii, open }) =>
    JSON.stringify({
      shape,
      at: at.map(rounded),
      half: half.map(rounded),
      ...(axes && { axes: axes.map((axis) => axis.map(rounded)) }),
      ...(radii && { radii: radii.map(rounded) }),
      ...(open && { open }),
    }),
  );
  return `{"version":1,"surfaces":[\n${lines.join(',\n')}\n]}\n`;
}

const rounded = (value: number) => Number(value.toPrecision(8));

function areOrthonormal(axes: readonly (readonly number[])[]): boolean {
  const dot = (p: number, q: number) => axes[p].reduce((sum, value, k) => sum + value * axes[q][k], 0);
  return [0, 1, 2].every((k) => Math.abs(dot(k, k) - 1) < 1e-3 && Math.abs(dot(k, (k + 1) % 3)) < 1e-3);
}
