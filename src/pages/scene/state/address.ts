import { CodedError } from '../../../core/errors.ts';
import { readParams, writeParams } from '../../../platform/params/address.ts';
import { MAX_ADDRESS, SCENE_PARAMS, type SceneValues } from '../params.ts';

/** What a link says of the scene page. */
export interface SceneAddress {
  values: SceneValues;
  /** As it stands in the link; null where a dropped file is shown, or nothing. */
  address: string | null;
}

const PAGE = 'scene';

/** Reads the page's parameters. Never throws: what cannot be understood counts as not given, ranges are kept. */
export function parseSceneOptions(options: Readonly<Record<string, string>>): SceneAddress {
  const address = options[PAGE];
  return {
    values: readParams(SCENE_PARAMS, (name) => options[`${PAGE}.${name}`]),
    address: address && address.length <= MAX_ADDRESS ? address : null,
  };
}

/** The page's parameters: only what differs from the defaults. */
export function formatSceneOptions({ values, address }: SceneAddress): Record<string, string> {
  const own = writeParams(SCENE_PARAMS, values).map(([name, text]) => [`${PAGE}.${name}`, text]);
  return Object.fromEntries(address === null ? own : [[PAGE, address], ...own]);
}

/**
 * The absolute form of a scene's address; only http(s) is fetched, so that a link can make nothing else happen.
 * @throws CodedError `scene-address`
 */
export function resolveSceneUrl(address: string, base: string): URL {
  let url: URL | null = null;
  try {
    url = new URL(address.trim(), base);
  } catch {
    // Refused below.
  }
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CodedError(
    'scene-address',
    `“${address.length > 60 ? `${address.slice(0, 57)}…` : address}” is not the address of a scene on the web.`,
    'Give an address that starts with https://, or drop the file itself.',
  );
}
