import { MAX_INTEGER_DIGITS } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import type { PickleValue } from './pickle-values.ts';

/** How pickles write numbers and text, which protocol 0 does in Python's own notation. */

/** The error for bytes that are not a pickle. */
export function broken(what: string) {
  return malformed('pickle', `The file's pickle has ${what}.`);
}

/** INT holds booleans too, as 00 and 01: protocol 1 had no others. */
export function integerOrBoolean(text: string): PickleValue {
  if (text === '00') return false;
  return text === '01' ? true : decimal(text);
}

/** The integer of PUT, GET and LONG. */
export function decimal(text: string): number | bigint {
  const digits = text.trim();
  if (!/^[+-]?\d+$/.test(digits)) throw broken('an integer that is not one');
  if (digits.length > MAX_INTEGER_DIGITS) throw tooLarge(`An integer of ${digits.length} digits.`);
  return shorten(BigInt(digits.replace('+', '')));
}

/** The integer of LONG1 and LONG4. */
export function twosComplement(littleEndian: Uint8Array): number | bigint {
  if (littleEndian.length > MAX_INTEGER_DIGITS) throw tooLarge(`An integer of ${littleEndian.length} bytes.`);
  let value = 0n;
  for (const byte of littleEndian.toReversed()) value = (value << 8n) | BigInt(byte);
  return shorten(BigInt.asIntN(littleEndian.length * 8, value));
}

function shorten(value: bigint): number | bigint {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value;
}

/** FLOAT, as Python's repr writes it. */
export function float(text: string): number {
  const named: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN, '-nan': NaN };
  if (Object.hasOwn(named, text)) return named[text]!;
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw broken('a number that is not one');
  return value;
}

/** Python's repr of a byte string. Escapes other than of quotes and backslashes do not occur in keys: they stay. */
export function unquote(text: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(text.trim());
  if (!quoted) throw broken('a string without quotes');
  return quoted[2]!.replace(/\\(['"\\])/g, '$1');
}

/** Python's raw-unicode-escape: Latin-1 with escapes for everything beyond. */
export function rawUnicode(bytes: Uint8Array): string {
  // Not TextDecoder: by the web's rules its latin1 is windows-1252.
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (escape, short?: string, long?: string) => {
    const codePoint = parseInt((short ?? long)!, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : escape;
  });
}
