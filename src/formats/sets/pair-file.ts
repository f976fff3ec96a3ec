import type { Matrix3 } from '../../core/matrix3.ts';
import type { Verdict } from '../../core/match.ts';
import { openZip, type ZipArchive } from '../archives/zip.ts';
import { ZipWriter } from '../archives/zip-writer.ts';
import { npyFloat32, npyOfFloat32, encodeNpy, parseNpy } from '../arrays/npy.ts';
import { type ByteSource, bytesSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import { TWO_VIEW_CONFIG, type TwoViewGeometry } from '../matches/colmap-tables.ts';

const SCHEMA = 'liftmatch-pair/1';
/** Numbers of a row: x and y in A, x and y in B (pixels), certainty. */
const ROW = 5;
/** A pair has as many rows as its grids have places: 2 × 20,000 would be many. */
const MAX_PAIR_BYTES = 64 * 2 ** 20;

/** A pair of a set that was matched, as it is kept between runs and sent from one machine to another. */
export interface PairFile {
  /** Photos, model and settings that it was made from: it is taken again only where they are the same. */
  key: string;
  names: readonly [a: string, b: string];
  verdict: Verdict;
  geometry: Omit<TwoViewGeometry, 'inliers'>;
  /** Cameras (core/camera-model.ts, as texts) that the geometry was fitted with; left out: none were known. */
  cameras?: readonly [a: string | null, b: string | null];
  matches: { count: number; rows: Float32Array<ArrayBuffer>; starts: Uint8Array<ArrayBuffer> };
}

/** As an .npz that numpy reads: `rows` [n, 5], `starts` [n], and `pair.json` beside them. */
export async function encodePairFile({ matches, ...about }: PairFile): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const writer = new ZipWriter((bytes) => void parts.push(bytes.slice()));
  await writer.add(
    'pair.json',
    new TextEncoder().encode(JSON.stringify({ schema: SCHEMA, ...about, count: matches.count }, null, 1)),
  );
  await writer.add('rows.npy', encodeNpy(npyOfFloat32(matches.rows, [matches.count, ROW])));
  await writer.add('starts.npy', encodeNpy({ dtype: 'uint8', shape: [matches.count], bytes: matches.starts }));
  await writer.finish();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** What a pair's file says of itself, and how many candidates it has. @throws as {@link parsePairFile} */
export async function readPairAbout(source: ByteSource): Promise<Omit<PairFile, 'matches'> & { count: number }> {
  return readAbout(await entry(await openZip(source), 'pair.json'));
}

/** @throws CodedError `set-pair-malformed`, `zip-malformed`, `npy-malformed` */
export async function parsePairFile(bytes: Uint8Array): Promise<PairFile> {
  const archive = await openZip(bytesSource(bytes));
  const { count: told, ...about } = readAbout(await entry(archive, 'pair.json'));
  const rows = parseNpy(await entry(archive, 'rows.npy'));
  const starts = parseNpy(await entry(archive, 'starts.npy'));
  const [count, columns] = rows.shape;
  if (rows.dtype !== 'float32' || columns !== ROW || rows.shape.length !== 2)
    throw wrong('rows is not [n, 5] of float32');
  if (told !== count) throw wrong(`it tells of ${told} rows and has ${count}`);
  if (starts.dtype !== 'uint8' || starts.shape[0] !== count) throw wrong('starts is not [n] of uint8');
  const matches = { count, rows: npyFloat32(rows), starts: new Uint8Array(starts.bytes) };
  if (!matches.rows.every(Number.isFinite)) throw wrong('rows has values that are no numbers');
  if (!matches.starts.every((side) => side < 2)) throw wrong('starts has values other than 0 and 1');
  return { ...about, matches };
}

async function entry(archive: ZipArchive, name: string): Promise<Uint8Array> {
  const found = archive.get(name);
  if (!found) throw wrong(`it has no ${name}`);
  if (found.size > MAX_PAIR_BYTES) throw wrong(`${name} has ${found.size} bytes`);
  return found.readAll();
}

function readAbout(bytes: Uint8Array): Omit<PairFile, 'matches'> & { count: number } {
  let about: Partial<Omit<PairFile, 'matches'> & { schema: string; count: number }>;
  try {
    about = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw wrong('pair.json is no JSON', cause);
  }
  const { schema, key, names, verdict, geometry, count, cameras } = about ?? {};
  if (schema !== SCHEMA) throw wrong(`its schema is ${JSON.stringify(schema)}, not ${SCHEMA}`);
  const isNames = Array.isArray(names) && names.length === 2 && names.every((name) => typeof name === 'string');
  if (
    typeof key !== 'string' ||
    !isNames ||
    !verdict ||
    typeof verdict.sentence !== 'string' ||
    !Number.isSafeInteger(count)
  ) {
    throw wrong('pair.json does not say what was matched');
  }
  if (!geometry || !Object.hasOwn(TWO_VIEW_CONFIG, geometry.config)) throw wrong('its geometry is of no known kind');
  for (const name of ['fundamental', 'essential', 'homography'] as const) matrixOrNull(geometry[name], name);
  const isCameras = Array.isArray(cameras) && cameras.length === 2 && cameras.every(isTextOrNull);
  if (cameras !== undefined && !isCameras) throw wrong('its cameras are no texts');
  const own = { key, names: names as readonly [string, string], verdict, geometry, count: count! };
  return cameras ? { ...own, cameras } : own;
}

const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';

function matrixOrNull(value: unknown, name: string): asserts value is Matrix3 | null {
  if (value === null) return;
  if (!Array.isArray(value) || value.length !== 9 || !value.every(Number.isFinite)) throw wrong(`${name} is no matrix`);
}

const wrong = (what: string, cause?: unknown) =>
  malformed('set-pair', `A matched pair cannot be read: ${what}.`, { cause });
