import { expect, test } from 'vitest';
import { refusal } from './ort.ts';

test.each([
  "no available backend found. ERR: [wasm] CompileError: WebAssembly.instantiate(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
  'call to WebAssembly.instantiate() blocked by CSP',
])('WebAssembly that a policy forbids is no fault of the model: %s', (message) => {
  const { code, remedy } = refusal(new Error(message));
  expect(code).toBe('runtime-forbidden');
  expect(remedy).toContain("'wasm-unsafe-eval'");
});

test('what the runtime says of a model is passed on', () => {
  expect(refusal(new Error('Unsupported operator Foo\n at bar'))).toMatchObject({
    code: 'model-unusable',
    message: 'The runtime refuses this model: Unsupported operator Foo',
  });
});
