import type { FileKind } from './images/headers/types.ts';

/** Enough for every signature, for a text file's first tag and for a PDF's mark, which may be preceded by junk. */
export const SNIFF_BYTES = 4096;

type Signature = readonly [kind: FileKind, offset: number, bytes: string | readonly number[]];

/** Magic numbers, the more specific first. */
const SIGNATURES: readonly Signature[] = [
  ['jpeg', 0, [0xff, 0xd8, 0xff]],
  ['png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['webp', 8, 'WEBP'],
  ['tiff', 0, [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', 0, [0x4d, 0x4d, 0x00, 0x2a]],
  ['tiff', 0, [0x49, 0x49, 0x2b, 0x00]],
  ['tiff', 0, [0x4d, 0x4d, 0x00, 0x2b]],
  ['ico', 0, [0x00, 0x00, 0x01, 0x00]],
  ['jxl', 0, [0xff, 0x0a]],
  ['jxl', 4, 'JXL '],
  ['jp2', 4, 'jP  '],
  ['psd', 0, '8BPS'],
  ['archive', 0, [0x50, 0x4b, 0x03, 0x04]],
  ['archive', 0, [0x50, 0x4b, 0x05, 0x06]],
  ['archive', 0, [0x1f, 0x8b]],
  ['archive', 0, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['archive', 0, 'Rar!'],
  ['video', 0, [0x1a, 0x45, 0xdf, 0xa3]],
  ['video', 8, 'AVI '],
];

const HEIF_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];
const HTML_START = /^<(?:!doctype\s+html|html|head|body|script|meta|title|iframe|div|table|style|a|p|h1|br)\b/i;

/**
 * What a file is, from its first {@link SNIFF_BYTES} bytes (fewer where it is shorter). Names lie: web servers save
 * error pages as .jpg, and a picture with scripts can be called .png.
 */
export function sniffFileKind(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return 'empty';
  for (const [kind, offset, signature] of SIGNATURES) if (hasAt(bytes, offset, signature)) return kind;
  if (hasAt(bytes, 4, 'ftyp')) return kindOfBrands(bytes);
  // BM alone is two letters of a text: the reserved words and a known header length make it a bitmap.
  if (hasAt(bytes, 0, 'BM') && bytes.length >= 18 && [12, 16, 40, 52, 56, 64, 108, 124].includes(bytes[14]))
    return 'bmp';
  if (latin1(bytes.subarray(0, 1024)).includes('%PDF-')) return 'pdf';
  return sniffText(bytes);
}

function hasAt(bytes: Uint8Array, offset: number, signature: string | readonly number[]): boolean {
  if (bytes.length < offset + signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    const expected = typeof signature === 'string' ? signature.charCodeAt(i) : signature[i];
    if (bytes[offset + i] !== expected) return false;
  }
  return true;
}

/** ISO base media: the major brand may be the neutral `mif1`, so that the compatible ones decide. */
function kindOfBrands(bytes: Uint8Array): FileKind {
  const length = Math.min(bytes.length, (bytes[2] << 8) | bytes[3]);
  const brands: string[] = [];
  for (let i = 8; i + 4 <= length; i += 4) if (i !== 12) brands.push(latin1(bytes.subarray(i, i + 4)));
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  return brands.some((brand) => HEIF_BRANDS.includes(brand)) ? 'heic' : 'video';
}

function sniffText(bytes: Uint8Array): FileKind {
  const encoding = hasAt(bytes, 0, [0xff, 0xfe]) ? 'utf-16le' : hasAt(bytes, 0, [0xfe, 0xff]) ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes);
  // Control characters (but tab, line ends, form feed) or undecodable bytes: no text. The end may be cut mid-letter.
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text) || text.slice(0, -2).includes('\ufffd')) return 'unknown';
  const start = text.replace(/^(?:\s|<\?[^]*?\?>|<!--[^]*?-->|<!doctype\s+svg[^>[]*(?:\[[^\]]*\])?[^>]*>)+/i, '');
  if (/^<(?:\w+:)?svg\b/i.test(start)) return 'svg';
  return HTML_START.test(start) ? 'html' : 'text';
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
