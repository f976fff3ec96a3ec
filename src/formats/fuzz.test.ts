import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { CodedError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { bytesSource } from './byte-source.ts';
import { openCheckpoint } from './checkpoints/checkpoint.ts';
import { DAMAGES, type Damage } from './damage.test-helper.ts';
import { countingSource, fixture, randomNumbers, safetensorsFile } from './fixtures.test-helper.ts';
import { encodeNpy, npyOfFloat32, parseNpy } from './arrays/npy.ts';
import { openNpz } from './arrays/npz.ts';
import { encodePfm, parsePfm } from './images/pfm.ts';
import { unpickle } from './checkpoints/pickle.ts';
import { readPng } from './images/png-reader.ts';
import { testPng, withChecksums } from './images/png.test-helper.ts';
import { collectTensors } from './checkpoints/torch-collect.ts';
import { torchPolicy } from './checkpoints/torch-objects.ts';
import { openZip } from './archives/zip.ts';
import { ZipWriter } from './archives/zip-writer.ts';

/**
 * Damages small files of every container in every way that a broken download or a hostile author might,
 * the same way in every run. Whatever comes, the answer is a value or a CodedError, soon, and the reader
 * never asks the file for more than it has.
 */

/** At least 500 a container: those of which there is one file get more. */
const CASES_PER_FILE = 220;
const CASES_ALONE = 500;
const ALONE = ['legacy.pth', 'model.safetensors', 'float32.npy', 'map.pfm'];
const MILLISECONDS_PER_CASE = 2000;

type Read = (source: ByteSource) => Promise<number>;

/** Reads everything; returns the elements read, so that nothing can be left out unnoticed. */
const readCheckpoint: Read = async (source) => {
  const { tensors } = await openCheckpoint(source, 'fuzz');
  let elements = 0;
  for (const tensor of tensors.values()) {
    const values = await tensor.readFloat32();
    expect(values.length).toBe(tensor.size);
    elements += values.length;
  }
  return elements;
};

const readNpz: Read = async (source) => {
  const npz = await openNpz(source);
  let elements = 0;
  for (const name of npz.names) elements += (await npz.read(name)).bytes.length;
  return elements;
};

const readNpy: Read = async (source) => parseNpy(await source.read(0, source.size)).bytes.length;

const readPfm: Read = async (source) => parsePfm(await source.read(0, source.size)).values.length;

const readPicture: Read = async (source) => (await readPng(await source.read(0, source.size))).samples.length;

/** Checksums made right again, so that damage reaches what is behind them. */
const readRepairedPicture: Read = async (source) => {
  return (await readPng(withChecksums(await source.read(0, source.size)))).samples.length;
};

function interlacedPicture(): Uint8Array {
  const samples = Array.from({ length: 3 * 13 * 9 }, (_, i) => (i * 37) % 256);
  const size = { width: 13, height: 9 };
  return testPng({ ...size, bitDepth: 8, colourType: 2, samples, interlaced: true, filters: [4, 3, 2, 1] });
}

/** A bare pickle, so that damage reaches the opcodes instead of the archive around them. */
const readPickle: Read = async (source) => {
  const { value } = unpickle(await source.read(0, source.size), torchPolicy);
  const storage = bytesSource(new Uint8Array(96));
  const { tensors, notes } = collectTensors(value, () => storage);
  for (const tensor of tensors.values()) await tensor.readFloat32();
  return tensors.size + notes.length;
};

async function pickleOf(name: string): Promise<Uint8Array> {
  const archive = await openZip(bytesSource(fixture(`${name}.pth`)));
  return archive.get(`${name}/data.pkl`)!.readAll();
}

async function zip64Checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const writer = new ZipWriter((part) => void parts.push(part), { zip64: 'always' });
  const source = bytesSource(fixture('zip.pth'));
  for (const [name, entry] of await openZip(source)) await writer.add(name, await entry.readAll());
  await writer.finish();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function safetensors(): Uint8Array<ArrayBuffer> {
  const place = (dtype: string, shape: number[], begin: number, end: number) => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  const header = { w: place('F32', [2, 3], 0, 24), h: place('F16', [4], 24, 32), i: place('I64', [1], 32, 40) };
  return safetensorsFile(header, new Uint8Array(40).fill(60));
}

const files: [string, () => Uint8Array | Promise<Uint8Array>, Read][] = [
  ['zip.pth', () => fixture('zip.pth'), readCheckpoint],
  ['nested-parameters.pth', () => fixture('nested-parameters.pth'), readCheckpoint],
  ['foreign-class.pth', () => fixture('foreign-class.pth'), readCheckpoint],
  ['deflated.pth', () => fixture('deflated.pth'), readCheckpoint],
  ['protocol-5.pth', () => fixture('protocol-5.pth'), readCheckpoint],
  ['zip64.pth', zip64Checkpoint, readCheckpoint],
  ['legacy.pth', () => fixture('legacy.pth'), readCheckpoint],
  ['data.pkl', () => pickleOf('nested-parameters'), readPickle],
  ['data.pkl of protocol 4', () => pickleOf('protocol-4'), readPickle],
  ['plain-0.pkl', () => fixture('plain-0.pkl'), readPickle],
  ['model.safetensors', safetensors, readCheckpoint],
  ['float32.npy', () => fixture('float32.npy'), readNpy],
  ['stored.npz', () => fixture('stored.npz'), readNpz],
  ['compressed.npz', () => fixture('compressed.npz'), readNpz],
  ['map.pfm', () => encodePfm({ size: { width: 5, height: 7 }, channels: 1, values: new Float32Array(35) }), readPfm],
  ['picture.png', interlacedPicture, readPicture],
  ['picture with right checksums.png', interlacedPicture, readRepairedPicture],
  ['fflate.npz', () => zipSync({ 'a.npy': encodeNpy(npyOfFloat32(new Float32Array(999), [999])) }), readNpz],
];

/** The general damages and one that only pickles know. */
const damages: Damage[] = [
  ...DAMAGES,
  function lieInPickledNumber(file, random) {
    const copy = Uint8Array.from(file);
    // BININT1: sizes, strides and offsets of the tensors here.
    const places = [...copy.keys()].filter((at) => copy[at] === 0x4b && at + 1 < copy.length);
    for (let lies = 1 + Math.floor(random() * 3); lies > 0 && places.length > 0; lies--) {
      copy[places[Math.floor(random() * places.length)]! + 1] = Math.floor(random() * 256);
    }
    return copy;
  },
];

describe('damaged files', () => {
  let cases = 0;
  const outcomes = new Map<string, number>();

  it.each(files)('of %s give a value or a coded error', async (name, make, read) => {
    const file = await make();
    expect(await read(bytesSource(file)), 'the undamaged file').toBeGreaterThan(0);
    const random = randomNumbers(name.length * 7919 + file.length);
    for (let i = 0; i < (ALONE.includes(name) ? CASES_ALONE : CASES_PER_FILE); i++) {
      const damage = damages[i % damages.length]!;
      const source = countingSource(bytesSource(damage(file, random)));
      const label = `${damage.name}, case ${i}`;
      const start = performance.now();
      const outcome = await read(source).then(
        () => 'value',
        (thrown: unknown) => (thrown instanceof CodedError ? thrown.code : thrown),
      );
      expect(outcome, label).toBeTypeOf('string');
      expect(performance.now() - start, label).toBeLessThan(MILLISECONDS_PER_CASE);
      expect(source.largestRead, label).toBeLessThanOrEqual(source.size);
      outcomes.set(outcome as string, (outcomes.get(outcome as string) ?? 0) + 1);
      cases++;
    }
  });

  afterAll(() => {
    expect(cases).toBeGreaterThanOrEqual(2000);
    // Damage that nothing notices, or that everything trips over at the door, would test nothing.
    const parts = ['zip', 'pickle', 'torch', 'tensor', 'safetensors', 'npy', 'png', 'pfm'];
    const codes = ['value', 'truncated', ...parts.map((part) => `${part}-malformed`)];
    for (const code of codes) expect(outcomes.get(code), code).toBeGreaterThan(5);
  });
});
