import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { openSafetensors } from './safetensors.ts';
import type { Checkpoint, OpenCheckpoint } from '../arrays/tensor.ts';
import { openTorchLegacy } from './torch-legacy.ts';
import { openTorchZip } from './torch-zip.ts';

type Open = (source: ByteSource) => Promise<Checkpoint>;

const SNIFFED_BYTES = 16;

/** PyTorch's legacy magic number as the value of a LONG1 opcode, which every pickle protocol since 2 uses for it. */
const LEGACY_MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/**
 * Opens a checkpoint by its first bytes, never by its name's ending, without reading its weights. Throws
 * `unsupported-checkpoint` for other formats (with the likely reason), else what the container's reader throws.
 */
export const openCheckpoint: OpenCheckpoint = async (source, name) => {
  const head = await source.read(0, Math.min(SNIFFED_BYTES, source.size));
  const open = containerOf(head, source.size);
  if (!open) throw unsupported(name, head);
  return open(source);
};

function containerOf(head: Uint8Array<ArrayBuffer>, size: number): Open | undefined {
  if (startsWith(head, [0x50, 0x4b])) return openTorchZip;
  // Behind PROTO and its number.
  if (head[0] === 0x80 && startsWith(head.subarray(2), LEGACY_MAGIC)) return openTorchLegacy;
  if (head.length > 8 && head[8] === 0x7b && size > 8) {
    const headerBytes = new DataView(head.buffer).getBigUint64(0, true);
    // A header that is longer than the file is still recognised: the reader says that it is truncated.
    if (headerBytes < 2n ** 48n) return openSafetensors;
  }
  return undefined;
}

function unsupported(name: string, head: Uint8Array): CodedError {
  const text = new TextDecoder('latin1').decode(head);
  let what = 'is not a PyTorch or safetensors checkpoint';
  let remedy = 'Choose a .pth, .pt, .ckpt or .safetensors file.';
  if (head.length === 0) what = 'is empty';
  if (/^\s*<(!|html)/i.test(text)) {
    what = 'is a web page, not a checkpoint';
    remedy = 'The download led to an error or login page: open its address in the browser and save the file itself.';
  }
  if (text.startsWith('version https://')) {
    what = 'is a Git LFS pointer, not the checkpoint itself';
    remedy = 'Download the file from its page, or run git lfs pull.';
  }
  if (head[0] === 0x80) what = 'is a Python pickle, but not one that PyTorch wrote';
  return new CodedError('unsupported-checkpoint', `${name} ${what}.`, remedy);
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
