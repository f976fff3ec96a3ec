import * as v from 'valibot'; // The file comes with the site, whose host may have changed it.
import type { Side, Size } from '../../core/geometry.ts';
import type { DenseField, MatchResult } from '../../core/match.ts';
import { encodeNpy, type NpyArray, parseNpy } from '../arrays/npy.ts';
import { openZip } from '../archives/zip.ts';
import { type ZipSink, ZipWriter } from '../archives/zip-writer.ts';
import type { ByteSource } from '../byte-source.ts';
import { malformed } from '../malformed.ts';
import { MATCH_RESULT } from './share-manifest.ts';

const FORMAT = 'liftmatch-recorded/1';
const MANIFEST_NAME = 'match.json';
/** Fixed-point steps of a normalised coordinate: a hundredth of a pixel of a 640 px photo is half a step. */
const WARP_STEPS = 2 ** 14;
const CERTAINTY_STEPS = 255;
const MAX_GRID_SIDE = 1024;
const SIDES: readonly Side[] = ['a', 'b'];

/**
 * A match without its photos, for pictures that are shown before any model is downloaded. The cycle error is left out:
 * it follows from the two warps.
 */
export interface RecordedMatch {
  /** The weights that made it, see `weightsOf`. */
  weights: string;
  result: MatchResult;
  fields: Record<Side, Pick<DenseField, 'grid' | 'warp' | 'certainty'>>;
}

const MANIFEST = v.object({ format: v.literal(FORMAT), weights: v.string(), result: MATCH_RESULT });

/** Writes a match as a zip: match.json, and for both directions the warp in 16 bits and the certainty in 8. */
export async function writeRecordedMatch(sink: ZipSink, { weights, result, fields }: RecordedMatch): Promise<void> {
  const writer = new ZipWriter(sink);
  await writer.add(MANIFEST_NAME, new TextEncoder().encode(JSON.stringify({ format: FORMAT, weights, result })));
  for (const side of SIDES) {
    const { grid, warp, certainty } = fields[side];
    const steps = Int16Array.from(warp, (place) => clamp(Math.round(place * WARP_STEPS), 2 ** 15 - 1));
    const sure = Uint8Array.from(certainty, (share) => Math.round(share * CERTAINTY_STEPS));
    await writer.add(
      `warp-${side}.npy`,
      encodeNpy({ dtype: 'int16', shape: [2, grid.height, grid.width], bytes: new Uint8Array(steps.buffer) }),
    );
    await writer.add(
      `certainty-${side}.npy`,
      encodeNpy({ dtype: 'uint8', shape: [grid.height, grid.width], bytes: sure }),
    );
  }
  await writer.finish();
}

/** Reads it again. Throws `recorded-malformed`, and what `openZip` and `parseNpy` throw. */
export async function readRecordedMatch(source: ByteSource): Promise<RecordedMatch> {
  const archive = await openZip(source);
  const read = async (name: string, limit: number) => {
    const entry = archive.get(name);
    if (!entry || entry.size > limit)
      throw malformed('recorded', `The recorded match has no ${name} of a usable size.`);
    return entry.readAll();
  };
  const manifest = parsed(new TextDecoder().decode(await read(MANIFEST_NAME, 2 ** 16)));
  const field = async (side: Side) => {
    const grid = manifest.result.gridSize[side];
    if (Math.max(grid.width, grid.height) > MAX_GRID_SIDE) throw malformed('recorded', 'Its grid is too large.');
    const limit = 8 * grid.width * grid.height + 4096;
    const warp = checked(parseNpy(await read(`warp-${side}.npy`, limit)), 'int16', [2], grid);
    const certainty = checked(parseNpy(await read(`certainty-${side}.npy`, limit)), 'uint8', [], grid);
    return {
      grid,
      warp: Float32Array.from(new Int16Array(warp.buffer), (step) => step / WARP_STEPS),
      certainty: Float32Array.from(certainty, (step) => step / CERTAINTY_STEPS),
    };
  };
  return { weights: manifest.weights, result: manifest.result, fields: { a: await field('a'), b: await field('b') } };
}

function parsed(text: string): v.InferOutput<typeof MANIFEST> {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Refused below.
  }
  const result = v.safeParse(MANIFEST, json);
  if (!result.success) throw malformed('recorded', `${MANIFEST_NAME} is not that of a recorded match.`);
  return result.output;
}

function checked(array: NpyArray, dtype: NpyArray['dtype'], planes: number[], grid: Size): Uint8Array<ArrayBuffer> {
  const shape = [...planes, grid.height, grid.width];
  if (array.dtype !== dtype || array.shape.join() !== shape.join())
    throw malformed(
      'recorded',
      `An array of ${array.dtype} [${array.shape.join(', ')}] stands for ${dtype} [${shape.join(', ')}].`,
    );
  return array.bytes;
}

const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value));
