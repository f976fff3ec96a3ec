import { CodedError } from '../../core/errors.ts';

const GZIP = [0x1f, 0x8b];

/**
 * Downloads `<url>.gz`, which the build keeps instead of a file too large for some hosts (scripts/build), unpacked.
 * @throws CodedError `runtime-missing`
 */
export async function fetchPacked(url: string): Promise<ArrayBuffer> {
  const response = await fetch(`${url}.gz`);
  if (!response.ok || !response.body) {
    throw new CodedError('runtime-missing', `${url}.gz was answered with ${response.status}.`, 'Reload the page.');
  }
  const packed = new Uint8Array(await response.arrayBuffer());
  // A server that says how the file is encoded makes the browser unpack it on the way.
  if (!GZIP.every((byte, i) => packed[i] === byte)) return packed.buffer;
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
