import type { DatasetPhoto } from '../../contract/dataset.ts';

type Meaning = 'disparity' | 'depth';

const DEPTH_FORMAT = /\.(npy|pfm)$/i;
const PNG = /\.png$/i;
const DEPTH_NAME = /(^|[-_. ])(depth|disp|disparity)(map)?([-_. \d]|$)/i;
const PHOTO = /\.(jpe?g|png|webp|avif|gif|bmp|heic|heif|tiff?)$/i;

/** Bytes of a PNG up to and with the colour type in its header. */
const PNG_HEAD = 26;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

/** Whether a file that was dropped alone is a depth map: by its format, its name, or as 16-bit grey. */
export async function isDepthFile(file: File): Promise<boolean> {
  if (DEPTH_FORMAT.test(file.name)) return true;
  if (!PNG.test(file.name)) return false;
  if (DEPTH_NAME.test(file.name)) return true;
  const header = await readPngHeader(file);
  return header !== null && header.bits === 16 && header.isGrey;
}

/** What a map's values most likely are; the person can say otherwise. */
export async function guessMeaning(file: File): Promise<Meaning> {
  if (/disp/i.test(file.name) || /\.pfm$/i.test(file.name)) return 'disparity';
  // Networks that paint an 8-bit picture paint the near bright; sensors write 16 bits of distance.
  if (PNG.test(file.name)) return (await readPngHeader(file))?.bits === 16 ? 'depth' : 'disparity';
  return 'depth';
}

/**
 * The photos among files, each with the depth map of the same name where there is one: `x.npy`, `x.pfm`, or
 * `x_depth.png` beside `x.jpg`. In order of their names; a folder's path is no part of a name.
 */
export async function pairPhotos(files: readonly File[]): Promise<DatasetPhoto[]> {
  const maps = new Map<string, File>();
  const photos: File[] = [];
  for (const file of files) {
    if (await isDepthFile(file)) maps.set(stemOf(file.name).replace(DEPTH_SUFFIX, ''), file);
    else if (PHOTO.test(file.name)) photos.push(file);
  }
  photos.sort((one, other) => (one.name < other.name ? -1 : 1));
  return Promise.all(
    photos.map(async (file): Promise<DatasetPhoto> => {
      const map = maps.get(stemOf(file.name));
      if (!map) return { name: file.name, file, depth: null };
      const depth = { kind: 'file', name: map.name, file: map, meaning: await guessMeaning(map) } as const;
      return { name: file.name, file, depth };
    }),
  );
}

const DEPTH_SUFFIX = /[-_. ]?(depth|disp|disparity)(map)?$/i;
const stemOf = (name: string) => name.replace(/\.[^.]+$/, '');

async function readPngHeader(file: Blob): Promise<{ bits: number; isGrey: boolean } | null> {
  const head = new Uint8Array(await file.slice(0, PNG_HEAD).arrayBuffer());
  if (head.length < PNG_HEAD || PNG_SIGNATURE.some((byte, i) => head[i] !== byte)) return null;
  return { bits: head[24], isGrey: head[25] === 0 };
}
