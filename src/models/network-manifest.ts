import * as v from 'valibot'; // A manifest may come from anywhere: it is checked against a schema.
import {
  firstProblem,
  integer,
  invalidManifest,
  literal,
  modelId,
  type NetworkFile,
  networkFile,
  object,
  text,
  triple,
} from './manifest-schema.ts';

/**
 * A network that maps one photo to something, as data: an encoder (patch tokens) or a depth estimator.
 * Matchers, which need two networks and two photos, have a manifest of their own.
 */
export interface NetworkManifest {
  schema: typeof NETWORK_SCHEMA;
  kind: 'encoder' | 'depth';
  id: string;
  name: string;
  /** SPDX identifier of the weights' licence. */
  licence: string;
  source: string;
  input: {
    name: string;
    /** The graph takes this size and no other: [1, 3, height, width] float32, RGB. */
    width: number;
    height: number;
    /** Subtracted from and divided into RGB in [0, 1]; zeros and ones where the graph does it itself. */
    mean: [number, number, number];
    std: [number, number, number];
  };
  network: NetworkFile;
  /**
   * Tensor names. An encoder has `patchTokens` [1, rows · columns, channels] and `clsToken` [1, channels];
   * a depth estimator has `depth` [1, height, width], relative inverse depth, larger is nearer.
   */
  outputs: { patchTokens: string; clsToken: string } | { depth: string };
  /** Pixels of one patch, and the tokens that an encoder yields. */
  patch: number;
  rows: number;
  columns: number;
  channels: number;
}

export const NETWORK_SCHEMA = 'liftmatch-network/1';

const COUNT = integer(1, 2 ** 31);
const NUMBER = 1e6;

const common = {
  schema: literal(NETWORK_SCHEMA),
  id: modelId,
  name: text,
  licence: text,
  source: text,
  patch: COUNT,
  rows: COUNT,
  columns: COUNT,
  channels: COUNT,
  input: object({
    name: text,
    width: COUNT,
    height: COUNT,
    mean: triple(-NUMBER, NUMBER),
    // Something is divided by it.
    std: triple(1e-6, NUMBER),
  }),
  network: networkFile,
};

const SCHEMAS = {
  encoder: object({ ...common, outputs: object({ patchTokens: text, clsToken: text }) }),
  depth: object({ ...common, outputs: object({ depth: text }) }),
};

const KIND = object({ schema: common.schema, kind: v.picklist(['encoder', 'depth'], 'must be "encoder" or "depth"') });

/**
 * Checks that JSON is a network manifest in what its users rely on, and returns it as it is.
 * @throws CodedError `manifest-invalid` that names the first wrong field
 */
export function parseNetworkManifest(json: unknown, where: string): NetworkManifest {
  const problem = firstProblem(KIND, json) ?? firstProblem(SCHEMAS[(json as NetworkManifest).kind], json);
  if (problem) throw invalidManifest(where, problem);
  return json as NetworkManifest;
}
