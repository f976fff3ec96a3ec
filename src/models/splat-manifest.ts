import * as v from 'valibot'; // A manifest may come from anywhere: it is checked against a schema.
import { CodedError } from '../core/errors.ts';

/**
 * A network that makes a scene of two photos with known cameras (DepthSplat), as data: one graph for what is seen, run once a
 * pair, and one for depth and Gaussians, run for every camera that is tried.
 */
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8192));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const text = v.pipe(v.string(), v.nonEmpty());
// A manifest from elsewhere must not name files outside its own folder.
const file = {
  file: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a plain file name')),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8 * 2 ** 30)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')),
};
const network = v.object({ ...file, externalData: v.optional(v.pipe(v.array(v.object(file)), v.maxLength(64))) });

export const SPLAT_SCHEMA = 'liftmatch-splats/1';

const schema = v.object({
  schema: v.literal(SPLAT_SCHEMA),
  kind: v.literal('splats'),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]*$/, 'may hold a–z, 0–9, dot, dash and underscore')),
  name: text,
  /** SPDX identifier of the weights' licence. */
  licence: text,
  source: text,
  /** Both graphs take this size and no other: `image` [2, 3, height, width] float32, RGB in [0, 1]. */
  input: v.object({ width: count, height: count }),
  /** Photos to features, float32, by name. */
  features: v.object({ ...network.entries, outputs: v.pipe(v.array(text), v.minLength(1), v.maxLength(32)) }),
  /**
   * Image, features and cameras (`turn`, `shift`, `inverse_far`, `inverse_near`) to `depth` [2, height, width] along z in the
   * cameras' unit, `probability` [2, 1, height, width] and, unless null below, `gaussians` [2, channels, height, width].
   */
  splats: network,
  /** Depths between which the network searches, in the cameras' unit. */
  near: positive,
  far: positive,
  /** How its channels become Gaussians; null where the network gives depth alone. */
  gaussians: v.nullable(v.object({ channels: v.literal(37), scaleMin: positive, scaleMax: positive })),
});

export type SplatManifest = v.InferOutput<typeof schema>;

/**
 * Checks that JSON is the manifest of such a network.
 * @throws CodedError `manifest-invalid` that names the first wrong field
 */
export function parseSplatManifest(json: unknown, where: string): SplatManifest {
  const result = v.safeParse(schema, json);
  if (result.success && result.output.near < result.output.far) return result.output;
  const [issue] = result.success ? [] : result.issues;
  const problem = issue ? `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}` : 'near: must be less than far';
  throw new CodedError(
    'manifest-invalid',
    `The model manifest ${where} is not valid: ${problem}.`,
    'Use a manifest made by "npm run convert", or correct that field.',
  );
}
