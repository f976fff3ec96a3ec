import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bytesSource } from '../../../src/formats/byte-source.ts';
import { readNumpyObjects } from '../../../src/formats/arrays/numpy-objects.ts';
import { broken, type EvaluationPair, liftedPairs, readPairs, readText } from '../pairs.ts';
import type { Benchmark, ProtocolName } from '../protocols.ts';
import { readCalibratedPairs, readLoftrScene, readPosedViews, readXfeatList } from './megadepth.ts';
import { readScannetList } from './scannet.ts';

/** Pairs of a list, and what published list it is; null for this project's own. */
export interface Listed {
  pairs: EvaluationPair[];
  benchmark: Benchmark | null;
  /** Whose evaluation it belongs to, unless another is asked for. */
  protocol: ProtocolName | null;
}

/**
 * Reads a list of pairs by what it is, not by its name: this project's JSON, or MegaDepth-1500 and ScanNet-1500 as LoFTR, RoMa
 * (.npz), glue-factory (text) and XFeat (JSON, .npz) have them. A folder stands for all scenes in it; one that `npm run lift` wrote,
 * for its pairs.
 *
 * @param images where the names of photos begin; null: beside the list
 * @throws CodedError `pairs-malformed`, `file-missing`, and those of the files
 */
export async function readListedPairs(path: string, images: string | null): Promise<Listed> {
  if (!existsSync(path)) throw broken(`${path} does not exist.`);
  if (statSync(path).isDirectory()) return readFolder(path, images);
  const beside = images ?? dirname(path);
  const start = readFileSync(path).subarray(0, 2);
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  if (isZip || start[0] === 0x80) {
    const arrays = await readNumpyObjects(bytesSource(readFileSync(path)));
    if (arrays.has('name')) {
      const own = images !== null && existsSync(join(dirname(path), 'intrinsics.npz'));
      return {
        pairs: await readScannetList(path, arrays, beside),
        benchmark: 'scannet-1500',
        protocol: own ? 'loftr' : 'xfeat',
      };
    }
    return { pairs: await readLoftrScene(path, beside), benchmark: 'megadepth-1500', protocol: 'loftr' };
  }
  if (/^\s*\[/.test(readText(path).slice(0, 100))) {
    const list = JSON.parse(readText(path)) as unknown[];
    const first = list[0] as Record<string, unknown> | undefined;
    if (!first || !('pair_names' in first)) return { pairs: readPairs(path), benchmark: null, protocol: null };
    return { pairs: readXfeatList(path, list, beside), benchmark: 'megadepth-1500', protocol: 'xfeat' };
  }
  const pairs = readCalibratedPairs(path, beside);
  const isScannet = pairs.some(({ a }) => /scene\d{4}_\d\d/.test(a));
  return { pairs, benchmark: isScannet ? 'scannet-1500' : 'megadepth-1500', protocol: 'glue-factory' };
}

async function readFolder(folder: string, images: string | null): Promise<Listed> {
  if (existsSync(join(folder, 'views.txt'))) {
    return { pairs: readPosedViews(folder, images), benchmark: 'megadepth-1500', protocol: 'glue-factory' };
  }
  if (existsSync(join(folder, 'image2'))) return { pairs: liftedPairs(folder), benchmark: null, protocol: null };
  if (existsSync(join(folder, 'pairs.json'))) return readListedPairs(join(folder, 'pairs.json'), images);
  if (existsSync(join(folder, 'test.npz'))) return readListedPairs(join(folder, 'test.npz'), images);
  const scenes = readdirSync(folder).filter((name) => name.endsWith('.npz'));
  if (!scenes.length) throw broken(`${folder} holds no list: neither views.txt nor .npz files.`);
  const pairs: EvaluationPair[] = [];
  for (const scene of scenes.sort()) pairs.push(...(await readLoftrScene(join(folder, scene), images ?? folder)));
  return { pairs, benchmark: 'megadepth-1500', protocol: 'loftr' };
}

/** Several lists of this project's own as one; every pair says which it is of. @throws as {@link readListedPairs} */
export async function readAllListed(paths: readonly string[], images: string | null): Promise<Listed> {
  if (paths.length === 1) return readListedPairs(paths[0], images);
  const pairs: EvaluationPair[] = [];
  for (const path of paths) {
    const listed = await readListedPairs(path, images);
    if (listed.benchmark) throw broken(`${path} is a published list, which is measured by itself.`);
    // pairs.json of a folder is known by the folder's name.
    const list = basename(statSync(path).isDirectory() ? resolve(path) : dirname(resolve(path)));
    pairs.push(
      ...listed.pairs.map((pair) => ({ ...pair, list, name: `${list}/${pair.name}`, scene: `${list}/${pair.scene}` })),
    );
  }
  return { pairs, benchmark: null, protocol: null };
}
