import { CodedError } from '../../core/errors.ts';
import type { SharedMatch, DenseField } from '../../core/match.ts';
import type { Side } from '../../core/geometry.ts';
import { MAX_MASK_SIDE } from '../../core/mask.ts';
import { decodeMask, encodeMask } from '../images/mask-png.ts';
import { POSTER_NAME } from '../../core/share-head.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import { fieldArrays } from '../matches/match-npz.ts';
import { encodeNpy, npyFloat32, npyOfFloat32, parseNpy } from '../arrays/npy.ts';
import { parseShareManifest, SHARE_FORMAT, SHARE_VERSION, type ShareManifest } from './share-manifest.ts';
import { openZip, type ZipArchive } from '../archives/zip.ts';
import { type ZipSink, ZipWriter } from '../archives/zip-writer.ts';

/** A photo's file; the same limit as for photos from the web. */
const MAX_PHOTO_BYTES = 256 * 2 ** 20;
const MAX_MANIFEST_BYTES = 2 ** 20;
/** The longer side of a warp's grid: nine times what the largest published matcher gives. */
const MAX_GRID_SIDE = 8192;

const MANIFEST_NAME = 'share.json';
const SIDES: readonly Side[] = ['a', 'b'];
const FIELDS = ['warp', 'certainty', 'cycle'] as const;
/** Certainty before the masks: with it a mask can be changed after the file is opened. */
const UNMASKED = 'unmasked';

/**
 * Writes a match as a share file: a zip with a picture of it, both photos as their original bytes, warp, certainty and
 * cycle error of both directions as npy, and share.json with verdict, timings and view; where parts are left out, the masks as
 * PNG and the certainty without them. Everything is stored, nothing compressed: photos are compressed already, and floats hardly are.
 */
export async function writeShare(
  sink: ZipSink,
  { photos, query, result, fields, masks }: SharedMatch,
  poster: Blob,
): Promise<void> {
  const writer = new ZipWriter(sink);
  // First, so that a page can show it before the rest has arrived (state/share-poster.ts).
  await writer.add(POSTER_NAME, await bytesOf(poster));
  const files = { a: photoFile('a', photos.a.name), b: photoFile('b', photos.b.name) };
  const manifest: ShareManifest = {
    format: SHARE_FORMAT,
    version: SHARE_VERSION,
    photos: {
      a: { name: photos.a.name, type: photos.a.file.type, file: files.a },
      b: { name: photos.b.name, type: photos.b.file.type, file: files.b },
    },
    query,
    result,
  };
  await writer.add(MANIFEST_NAME, new TextEncoder().encode(JSON.stringify(manifest, null, 2)));
  for (const side of SIDES) await writer.add(files[side], await bytesOf(photos[side].file));
  for (const side of SIDES) {
    for (const [name, array] of fieldArrays(fields[side])) await writer.add(fieldFile(side, name), encodeNpy(array));
    const { grid, unmasked } = fields[side];
    if (unmasked)
      await writer.add(
        fieldFile(side, UNMASKED),
        encodeNpy(npyOfFloat32(unmasked as Float32Array<ArrayBuffer>, [grid.height, grid.width])),
      );
    const mask = masks?.[side];
    if (mask) await writer.add(maskFile(side), await encodeMask(mask));
  }
  await writer.finish();
}

/**
 * Reads a share file. Throws `share-unknown` where the zip is something else, `share-version`, `share-malformed`,
 * `limit-exceeded`, and what `openZip` and `parseNpy` throw.
 */
export async function readShare(source: ByteSource): Promise<SharedMatch> {
  const archive = await openZip(source);
  if (!archive.has(MANIFEST_NAME)) {
    throw new CodedError(
      'share-unknown',
      'This zip archive is not a LiftMatch share file: it has no share.json.',
      'Choose a file that was saved with “Export → Share file”, or unpack the archive and drop two photos.',
    );
  }
  // Share files store everything: an archive that promises more than its own bytes is a bomb or damaged.
  const promised = [...archive.values()].reduce((sum, { size }) => sum + size, 0);
  if (promised > source.size)
    throw malformed('share', `The archive of ${source.size} bytes claims to hold ${promised}.`);
  const text = new TextDecoder().decode(await entry(archive, MANIFEST_NAME, MAX_MANIFEST_BYTES));
  const { photos, query, result } = parseShareManifest(text);
  const photo = async (side: Side) => {
    const { name, type, file } = photos[side];
    return { name, file: new Blob([await entry(archive, file, MAX_PHOTO_BYTES)], { type }) };
  };
  const fields = { a: await readField(archive, 'a'), b: await readField(archive, 'b') };
  for (const side of SIDES) {
    const { width, height } = result.gridSize[side];
    const { grid } = fields[side];
    if (grid.width !== width || grid.height !== height)
      throw malformed('share', `The grid of ${side} is not the one in share.json.`);
  }
  const mask = async (side: Side) =>
    archive.has(maskFile(side)) ? decodeMask(await entry(archive, maskFile(side), MAX_MASK_SIDE ** 2)) : null;
  const masks = { a: await mask('a'), b: await mask('b') };
  const opened = { photos: { a: await photo('a'), b: await photo('b') }, query, result, fields };
  return masks.a || masks.b ? { ...opened, masks } : opened;
}

async function readField(archive: ZipArchive, side: Side): Promise<DenseField> {
  const arrays = {} as Record<(typeof FIELDS)[number], Float32Array> & { unmasked?: Float32Array };
  let grid = { width: 0, height: 0 };
  const hasUnmasked = archive.has(fieldFile(side, UNMASKED));
  for (const name of hasUnmasked ? ([...FIELDS, UNMASKED] as const) : FIELDS) {
    const file = fieldFile(side, name);
    const array = parseNpy(await entry(archive, file, 8 * MAX_GRID_SIDE ** 2 + 4096));
    const [height, width] = array.shape.slice(-2);
    const planes = name === 'warp' ? [2] : [];
    if (
      array.dtype !== 'float32' ||
      array.shape.length !== planes.length + 2 ||
      (planes.length && array.shape[0] !== 2)
    ) {
      throw malformed('share', `${file} is a ${array.dtype} array of shape [${array.shape.join(', ')}].`);
    }
    if (name === 'warp') grid = { width, height };
    const isGrid = width === grid.width && height === grid.height && Math.min(width, height) >= 1;
    if (!isGrid || Math.max(width, height) > MAX_GRID_SIDE)
      throw malformed('share', `${file} has a grid of ${width} × ${height}.`);
    arrays[name] = npyFloat32(array);
  }
  return { grid, ...arrays };
}

async function entry(archive: ZipArchive, name: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const found = archive.get(name);
  if (!found) throw malformed('share', `The share file has no ${name}.`);
  if (found.size > limit) throw malformed('share', `${name} has ${found.size} bytes, which is more than ${limit}.`);
  return found.readAll();
}

const maskFile = (side: Side) => `masks/${side}.png`;
const fieldFile = (side: Side, name: string) => `fields/${side}-${name}.npy`;

/** A plain name inside the archive; the person's own name of the file is kept in share.json. */
function photoFile(side: Side, name: string): string {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1].toLowerCase() ?? 'bin';
  return `photos/${side}.${extension}`;
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
