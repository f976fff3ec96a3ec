import type { CatalogEntry } from '../../../networks/catalog-entry.ts';
import { entryOfFiles } from '../../../networks/catalog.ts';
import { CodedError } from '../../../core/errors.ts';
import type { ConversionChoices, ModelRecipe } from '../../../models/library-contract.ts';
import type { RemoteFile } from '../../../platform/storage/download.ts';
import { nameOfAddress } from '../../../workspace/photos/fetch-photo.ts';

/** What a person chose, as it stands in the form; null leaves it to the network's family. */
export interface ChosenConversion {
  /** Name of a family of networks, or `auto`. */
  family: string;
  size: number | null;
  hasSecondPass: boolean;
  /** Null for twice the size. */
  fineSize: number | null;
  precision: NonNullable<ConversionChoices['precision']>;
  heads: number | null;
  decoderHeads: number | null;
  normalise: NonNullable<ConversionChoices['normalise']> | null;
  branch: NonNullable<ConversionChoices['branch']> | null;
  release: NonNullable<ConversionChoices['release']> | null;
  tokens: NonNullable<ConversionChoices['tokens']> | null;
  positionCode: NonNullable<ConversionChoices['positionCode']> | null;
  keypoints: number | null;
}

/** The recipe of a published checkpoint. */
export function recipeOfEntry(entry: CatalogEntry, chosen: ChosenConversion): ModelRecipe {
  return {
    id: `${entry.id}-${suffix(chosen)}`,
    name: `${entry.name}, ${describe(chosen)}`,
    licence: entry.licence,
    source: entry.source,
    files: entry.files.map(({ name, url, bytes, sha256 }) => ({ name, url, bytes, sha256 })),
    choices: { ...entry.choices, ...choicesOf(chosen) },
  };
}

/** The input of a published checkpoint unless another is chosen, as a person reads it. */
export function defaultSizeOf({ choices, defaultSize }: CatalogEntry): string {
  return choices?.size ? `${choices.size[1]}×${choices.size[0]}` : String(defaultSize);
}

/** The recipe of files that the person dropped; their names tell published ones. */
export function recipeOfFiles(names: readonly string[], chosen: ChosenConversion): ModelRecipe {
  const entry = entryOfFiles(names);
  if (entry) return { ...recipeOfEntry(entry, chosen), files: [] };
  const stem = stemOf(names[0]);
  return {
    id: `${slug(stem)}-${suffix(chosen)}`,
    name: `${stem}, ${describe(chosen)}`,
    licence: 'NOASSERTION',
    source: `Converted from ${names.join(' and ')}`,
    files: [],
    choices: choicesOf(chosen),
  };
}

/**
 * The recipe of checkpoints at addresses, one a line.
 * @throws CodedError `model-address` that names the first line that is none
 */
export function recipeOfAddresses(text: string, chosen: ChosenConversion): ModelRecipe {
  const lines = text.split(/\s+/).filter(Boolean);
  const files = lines.map((line): RemoteFile => {
    const url = parseAddress(line);
    if (!url) {
      throw new CodedError(
        'model-address',
        `“${line}” is not the address of a file on the web.`,
        'Give addresses that start with https://, one a line.',
      );
    }
    return { name: nameOfAddress(url), url: url.href, bytes: null, sha256: null };
  });
  if (files.length === 0)
    throw new CodedError(
      'model-address',
      'There is no address yet.',
      'Give the address of a .pth or .safetensors file.',
    );
  const recipe = recipeOfFiles(
    files.map(({ name }) => name),
    chosen,
  );
  return { ...recipe, files, source: lines.join(' ') };
}

function parseAddress(line: string): URL | null {
  try {
    const url = new URL(line);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}

function choicesOf({
  family,
  size,
  hasSecondPass,
  fineSize,
  precision,
  heads,
  decoderHeads,
  normalise,
  branch,
  release,
  tokens,
  positionCode,
  keypoints,
}: ChosenConversion): ConversionChoices {
  return {
    as: family,
    precision,
    ...(size === null ? {} : { size: [size, size] as const }),
    ...(hasSecondPass ? fineSize !== null && { fineSize: [fineSize, fineSize] as const } : { fineSize: null }),
    ...(heads !== null && { heads }),
    ...(decoderHeads !== null && { decoderHeads }),
    ...(normalise !== null && { normalise }),
    ...(branch !== null && { branch }),
    ...(release !== null && { release }),
    ...(tokens !== null && { tokens }),
    ...(positionCode !== null && { positionCode }),
    ...(keypoints !== null && { keypoints }),
  };
}

/** Conversions of one checkpoint that differ are different models. */
function suffix(chosen: ChosenConversion): string {
  const { size, hasSecondPass, fineSize, normalise, branch, release, tokens, positionCode, precision } = chosen;
  const keypoints = chosen.keypoints === null ? null : `${chosen.keypoints}-points`;
  const passes = hasSecondPass ? fineSize : 'single';
  const parts = [size, passes, normalise, branch, release, tokens, positionCode, keypoints, precision];
  return parts.filter((part) => part !== null).join('-');
}

const describe = ({ size, precision }: ChosenConversion) => (size === null ? precision : `${size} px, ${precision}`);

const stemOf = (name: string) => name.replace(/(\.(pth|pt|ckpt|bin|safetensors))+$/i, '') || 'model';

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'model';
