import * as v from 'valibot'; // A manifest may come from anywhere: it is checked against a schema.
import {
  firstProblem,
  integer,
  invalidManifest,
  list,
  literal,
  modelId,
  networkFile,
  object,
  text,
} from './manifest-schema.ts';

const side = integer(1, 8192);
const positive = v.pipe(
  v.number('must be a number'),
  v.finite('must be a number'),
  v.gtValue(0, 'must be more than 0'),
);

export const SPLAT_SCHEMA = 'liftmatch-splats/1';

/**
 * A network that makes a scene of two photos with known cameras (DepthSplat), as data: one graph for what is seen, run once a
 * pair, and one for depth and Gaussians, run for every camera that is tried.
 */
const schema = object({
  schema: literal(SPLAT_SCHEMA),
  kind: literal('splats'),
  id: modelId,
  name: text,
  /** SPDX identifier of the weights' licence. */
  licence: text,
  source: text,
  /** Both graphs take this size and no other: `image` [2, 3, height, width] float32, RGB in [0, 1]. */
  input: object({ width: side, height: side }),
  /** Photos to features, float32, by name. */
  features: object({
    ...networkFile.entries,
    outputs: v.pipe(list(text), v.maxLength(32, 'must have at most 32 entries')),
  }),
  /**
   * Image, features and cameras (`turn`, `shift`, `inverse_far`, `inverse_near`) to `depth` [2, height, width] along z in the
   * cameras' unit, `probability` [2, 1, height, width] and, unless null below, `gaussians` [2, channels, height, width].
   */
  splats: networkFile,
  /** Depths between which the network searches, in the cameras' unit. */
  near: positive,
  far: positive,
  /** How its channels become Gaussians; null where the network gives depth alone. */
  gaussians: v.nullable(object({ channels: v.literal(37, 'must be 37'), scaleMin: positive, scaleMax: positive })),
});

export type SplatManifest = v.InferOutput<typeof schema>;

/**
 * Checks that JSON is the manifest of such a network.
 * @throws CodedError `manifest-invalid` that names the first wrong field
 */
export function parseSplatManifest(json: unknown, where: string): SplatManifest {
  const problem = firstProblem(schema, json);
  if (problem) throw invalidManifest(where, problem);
  const manifest = json as SplatManifest;
  if (manifest.near < manifest.far) return manifest;
  throw invalidManifest(where, { path: 'near', message: 'must be less than far' });
}
