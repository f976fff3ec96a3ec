import { describe, expect, it } from 'vitest';
import { toPlainError } from '../../core/errors.ts';
import { bytesSource } from '../byte-source.ts';
import { field, RESULT } from '../matches/exported-match.test-helper.ts';
import { readRecordedMatch, type RecordedMatch, writeRecordedMatch } from './recorded-match.ts';

const MATCH: RecordedMatch = {
  weights: 'abc-def',
  result: RESULT,
  fields: { a: field(5, 4, 0), b: field(3, 2, 100) },
};

async function bytes(match = MATCH): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await writeRecordedMatch((part) => void parts.push(part), match);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

describe('a recorded match', () => {
  it('comes back to a fixed-point step', async () => {
    const grid = { width: 3, height: 2 };
    const warp = Float32Array.of(-1, -0.5, 0, 0.25, 0.999, 1.5, 9, -9, 0.1, 0.2, 0.3, 0.4);
    const certainty = Float32Array.of(0, 1, 0.5, 0.25, 0.1, 0.9);
    const one = { grid, warp, certainty };
    const result = { ...RESULT, gridSize: { a: grid, b: grid } };
    const read = await readRecordedMatch(
      bytesSource(await bytes({ weights: 'w', result, fields: { a: one, b: one } })),
    );
    expect(read.weights).toBe('w');
    expect(read.result).toEqual(result);
    for (const [i, place] of warp.entries()) {
      // Places far outside stay outside.
      expect(Math.abs(read.fields.b.warp[i] - Math.max(-2, Math.min(2, place)))).toBeLessThan(1e-4);
    }
    for (const [i, share] of certainty.entries())
      expect(Math.abs(read.fields.a.certainty[i] - share)).toBeLessThan(2e-3);
  });

  it('is refused when it is cut, changed, or of other arrays', async () => {
    const whole = await bytes();
    const codeOf = (file: Uint8Array<ArrayBuffer>) =>
      readRecordedMatch(bytesSource(file)).then(
        () => 'none',
        (thrown: unknown) => toPlainError(thrown).code,
      );
    expect(await codeOf(whole)).toBe('none');
    for (const share of [0, 0.3, 0.9])
      expect(await codeOf(whole.slice(0, Math.floor(share * whole.length)))).not.toBe('none');
    const other = { ...MATCH, result: { ...RESULT, gridSize: { a: { width: 5, height: 5 }, b: RESULT.gridSize.b } } };
    expect(await codeOf(await bytes(other))).toBe('recorded-malformed');
    const text = new TextDecoder('latin1').decode(whole);
    const at = text.indexOf('liftmatch-recorded/1');
    const changed = whole.slice();
    changed[at] ^= 1;
    expect(await codeOf(changed)).toBe('zip-malformed');
  });
});
