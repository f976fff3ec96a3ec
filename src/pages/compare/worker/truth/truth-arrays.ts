import { bytesSource } from '../../../../formats/byte-source.ts';
import { npyFloat32, parseNpy } from '../../../../formats/arrays/npy.ts';
import { openNpz } from '../../../../formats/arrays/npz.ts';
import { CodedError } from '../../../../core/errors.ts';

/** Numbers with a shape, whatever file they came from. */
export interface NumberArray {
  shape: readonly number[];
  values: ArrayLike<number>;
}

export interface TruthBytes {
  name: string;
  bytes: Uint8Array;
}

/** What the files of a truth may hold, by name. */
export const TRUTH_NAMES = [
  'warp',
  'visible',
  'homography',
  'K_a',
  'K_b',
  'pose_ab',
  'depth_a',
  'depth_b',
  'size_a',
  'size_b',
  'first_pixel',
] as const;
export type TruthName = (typeof TRUTH_NAMES)[number];
export type TruthArrays = Partial<Record<TruthName, NumberArray>>;

/** Other names in use for the same. */
const ALIASES: Record<string, TruthName[]> = {
  H: ['homography'],
  K: ['K_a', 'K_b'],
  depth: ['depth_a'],
  pose: ['pose_ab'],
};
const MAX_TEXT_BYTES = 4 * 2 ** 20;
const ZIP_BEGIN = 0x504b;
const NPY_BEGIN = 0x934e;

/**
 * Every named array of the files together. A file without names (text, npy, a JSON list) is named by its own name
 * (`depth_b.npy`), else by its shape.
 * @throws CodedError `truth-unreadable`, or what reading npy and npz files throws
 */
export async function readTruthArrays(files: readonly TruthBytes[]): Promise<TruthArrays> {
  const arrays: TruthArrays = {};
  for (const file of files) {
    for (const [name, array] of await arraysOf(file)) {
      for (const known of knownNames(name)) arrays[known] = array;
    }
  }
  return arrays;
}

async function arraysOf({ name, bytes }: TruthBytes): Promise<[string, NumberArray][]> {
  const begin = bytes.length > 1 ? bytes[0] * 256 + bytes[1] : 0;
  if (begin === ZIP_BEGIN) {
    const npz = await openNpz(bytesSource(bytes));
    const wanted = npz.names.filter((array) => knownNames(array).length > 0);
    return Promise.all(wanted.map(async (array) => [array, fromNpy(await npz.read(array))] as [string, NumberArray]));
  }
  if (begin === NPY_BEGIN) return [named(name, fromNpy(parseNpy(bytes)))];
  if (bytes.length > MAX_TEXT_BYTES) throw unreadable(name, `it has ${Math.round(bytes.length / 2 ** 20)} MB of text`);
  const text = new TextDecoder().decode(bytes).trim();
  return text.startsWith('{') || text.startsWith('[') ? fromJson(name, text) : [named(name, fromText(name, text))];
}

const fromNpy = (array: ReturnType<typeof parseNpy>): NumberArray => ({
  shape: array.shape,
  values: npyFloat32(array),
});

/** Numbers parted by blanks, commas or semicolons; what follows a # is left out. */
function fromText(name: string, text: string): NumberArray {
  const words = text
    .replace(/#.*$/gm, '')
    .split(/[\s,;]+/)
    .filter(Boolean);
  const values = words.map(Number);
  const wrong = words.find((_, i) => !Number.isFinite(values[i]));
  if (wrong !== undefined) throw unreadable(name, `“${wrong.slice(0, 20)}” is no number`);
  return shaped(name, values);
}

function fromJson(name: string, text: string): [string, NumberArray][] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unreadable(name, 'its JSON is damaged');
  }
  if (Array.isArray(content)) return [named(name, fromList(name, content))];
  return Object.entries(content as Record<string, unknown>)
    .filter(([key]) => knownNames(key).length > 0)
    .map(([key, value]) => [key, fromList(name, Array.isArray(value) ? value : [value])]);
}

function fromList(name: string, list: unknown[]): NumberArray {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  const values = list.flat(shape.length);
  if (!values.every((value): value is number => typeof value === 'number' && Number.isFinite(value))) {
    throw unreadable(name, 'a list in it holds something else than numbers');
  }
  return shape.length > 1 ? { shape, values } : shaped(name, values);
}

/** A list of 9, 12 or 16 numbers is a matrix. */
function shaped(name: string, values: number[]): NumberArray {
  const shape = { 9: [3, 3], 12: [3, 4], 16: [4, 4] }[values.length];
  if (!shape && values.length > 2) throw unreadable(name, `${values.length} numbers are no 3 × 3 or 3 × 4 matrix`);
  return { shape: shape ?? [values.length], values };
}

function named(file: string, array: NumberArray): [string, NumberArray] {
  const stem = file.replace(/\.\w+$/, '').replace(/^.*[\\/]/, '');
  if (knownNames(stem).length > 0) return [stem, array];
  const [rows, columns] = array.shape;
  if (array.shape.length === 3) return ['warp', array];
  if (rows === 3 && columns === 3) return ['homography', array];
  if ((rows === 3 || rows === 4) && columns === 4) return ['pose_ab', array];
  if (array.shape.length === 2) return ['depth_a', array];
  throw unreadable(file, `its shape [${array.shape.join(', ')}] is none that is known`);
}

const knownNames = (name: string): TruthName[] =>
  Object.hasOwn(ALIASES, name) ? ALIASES[name] : TRUTH_NAMES.filter((known) => known === name);

const unreadable = (file: string, why: string) =>
  new CodedError(
    'truth-unreadable',
    `“${file}” does not tell a true correspondence: ${why}.`,
    'Give a 3 × 3 homography (text, JSON, npy), K with a pose and depth (JSON, npz), or a warp (npz).',
  );
