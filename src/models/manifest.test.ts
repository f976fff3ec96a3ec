import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../core/errors.ts';
import { inputSize } from './input-size.ts';
import { parseManifest } from './manifest.ts';

const shipped = (): any =>
  JSON.parse(readFileSync(new URL('../../public/models/prototype/manifest.json', import.meta.url), 'utf8'));

/** The manifest with one field replaced, and the message that parsing it gives. */
function messageWith(change: (manifest: any) => void): string {
  const manifest = shipped();
  change(manifest);
  try {
    parseManifest(manifest, 'test.json');
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    expect((error as CodedError).code).toBe('manifest-invalid');
    return (error as CodedError).message;
  }
  throw new Error('the manifest was accepted');
}

describe('parseManifest', () => {
  it('accepts the shipped manifest unchanged', () => {
    expect(parseManifest(shipped(), 'test.json')).toEqual(shipped());
  });

  it('accepts an inverse covariance beside warp and certainty, which a second pass may ask for', () => {
    const manifest = shipped();
    const [pass] = manifest.passes;
    pass.decoder.outputs.precision = 'precision';
    const inputs = { ...pass.decoder.inputs, before: 'previous.precision' };
    manifest.passes = [pass, { ...pass, decoder: { ...pass.decoder, inputs } }];
    expect(parseManifest(manifest, 'test.json').passes[0].decoder.outputs.precision).toBe('precision');
  });

  it.each<[string, (m: any) => void]>([
    ['schema', (m) => (m.schema = 'other/1')],
    ['check', (m) => (m.check = 'yes')],
    ['check.step', (m) => (m.check.step = 0)],
    ['check.grid.width', (m) => (m.check.grid.width = 1.5)],
    ['check.warp', (m) => (m.check.warp = 'AAAA')],
    ['check.warp', (m) => (m.check.grid.height += 1)],
    ['check.certaintyLogit', (m) => (m.check.certaintyLogit = '*'.repeat(m.check.certaintyLogit.length))],
    ['id', (m) => (m.id = '../x')],
    ['passes', (m) => (m.passes = [])],
    ['passes[0].input.sizing', (m) => (m.passes[0].input.sizing = 'crop')],
    ['passes[0].input.multipleOf', (m) => (m.passes[0].input.multipleOf = 0.5)],
    ['passes[0].input.std', (m) => (m.passes[0].input.std = [1, 1])],
    ['passes[0].encoder.file', (m) => (m.passes[0].encoder.file = '../../secret')],
    ['passes[0].encoder.file', (m) => (m.passes[0].encoder.file = 'https://elsewhere.example/x.onnx')],
    ['passes[0].encoder.sha256', (m) => (m.passes[0].encoder.sha256 = 'abc')],
    ['passes[0].encoder.outputs[1].channels', (m) => (m.passes[0].encoder.outputs[1].channels = -1)],
    ['passes[0].decoder.inputs.a16', (m) => (m.passes[0].decoder.inputs.a16 = 'a.f3')],
    ['passes[0].decoder.inputs.a16', (m) => (m.passes[0].decoder.inputs.a16 = 'previous.warp')],
    ['passes[0].decoder.outputs.precision', (m) => (m.passes[0].decoder.outputs.precision = 7)],
    ['verdict.none', (m) => (m.verdict.none = 2)],
    ['verdict', (m) => delete m.verdict],
  ])('names the wrong field %s', (path, change) => {
    expect(messageWith(change)).toContain(`${path} `);
  });

  it('refuses what is no object', () => {
    for (const json of [null, [], 'x', 3]) expect(() => parseManifest(json, 'x')).toThrow(CodedError);
  });
});

describe('inputSize', () => {
  const input = parseManifest(shipped(), 'test.json').passes[0].input;

  it('keeps the aspect ratio and rounds to the multiple', () => {
    expect(inputSize({ width: 800, height: 640 }, input, null)).toEqual({ width: 448, height: 352 });
    expect(inputSize({ width: 640, height: 800 }, input, null)).toEqual({ width: 352, height: 448 });
    expect(inputSize({ width: 100, height: 100 }, input, 130)).toEqual({ width: 128, height: 128 });
  });

  it('stays within the limits for elongated photos and odd wishes', () => {
    expect(inputSize({ width: 4000, height: 40 }, input, null)).toEqual({ width: 448, height: 64 });
    expect(inputSize({ width: 400, height: 400 }, input, 9999)).toEqual({ width: 1024, height: 1024 });
    expect(inputSize({ width: 400, height: 400 }, input, 1)).toEqual({ width: 64, height: 64 });
  });

  it('ignores a wish where the graph is fixed, and the aspect where it is square', () => {
    expect(inputSize({ width: 800, height: 400 }, { ...input, fixedSize: true, sizing: 'square' }, 128)).toEqual({
      width: 448,
      height: 448,
    });
  });
});
