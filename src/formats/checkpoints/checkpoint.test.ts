import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blobSource, bytesSource } from '../byte-source.ts';
import { openCheckpoint } from './checkpoint.ts';
import {
  codeOf,
  countingSource,
  expectCaseValues,
  fixture,
  FIXTURES,
  HAS_SHARED,
  SHARED_FORMATS,
} from '../fixtures.test-helper.ts';

const open = (name: string, folder = FIXTURES) => openCheckpoint(bytesSource(fixture(name, folder)), name);

describe.each([
  { what: 'files of CPython', folder: FIXTURES, available: true },
  { what: 'files of PyTorch (../shared)', folder: SHARED_FORMATS, available: HAS_SHARED },
])('openCheckpoint on $what', ({ folder, available }) => {
  it.skipIf(!available).each([
    ['zip.pth', 'torch-zip', ''],
    ['legacy.pth', 'torch-legacy', ''],
    ['nested-parameters.pth', 'torch-zip', 'state_dict.module.'],
    ['foreign-class.pth', 'torch-zip', 'state_dict.'],
  ] as const)('reads the values of %s', async (file, format, prefix) => {
    const checkpoint = await open(file, folder);
    expect(checkpoint.format).toBe(format);
    await expectCaseValues(checkpoint, prefix, folder);
  });

  it.skipIf(!available)('skips and reports what is not a tensor', async () => {
    const foreign = await open('foreign-class.pth', folder);
    expect(foreign.notes).toContain('cfg: an object of types.SimpleNamespace, skipped');
    const nested = await open('nested-parameters.pth', folder);
    expect(nested.notes).toEqual(['plain values, not used: epoch, lr, name']);
  });

  it.skipIf(!available)('refuses a file that would call os.system, by name, and runs nothing', async () => {
    const traces = ['/tmp/owned', '/tmp/liftmatch-was-here'];
    for (const trace of traces) rmSync(trace, { force: true });
    const refusal = open('malicious.pth', folder);
    expect(await codeOf(refusal)).toBe('pickle-refused');
    await expect(refusal).rejects.toThrow('posix.system');
    expect(traces.filter((trace) => existsSync(trace))).toEqual([]);
  });

  it.skipIf(!available)('says that a cut download is one', async () => {
    expect(await codeOf(open('truncated.pth', folder))).toBe('truncated');
  });

  it.skipIf(!available)('gives every tensor its own path and the stored dtype', async () => {
    const { tensors } = await open('nested-parameters.pth', folder);
    const half = tensors.get('state_dict.module.f16')!;
    expect(half.path).toEqual(['state_dict', 'module.f16']);
    expect(half.dtype).toBe('float16');
    expect((await half.readBytes()).length).toBe(10);
  });
});

describe('openCheckpoint', () => {
  it.each(['deflated.pth', 'protocol-1.pth', 'protocol-3.pth', 'protocol-4.pth', 'protocol-5.pth'])(
    'reads the values of %s',
    async (file) => expectCaseValues(await open(file), '', FIXTURES),
  );

  it('reads untyped storages by the tensor’s dtype and notes types that it does not read', async () => {
    const { tensors, notes } = await open('untyped.pth');
    expect(await tensors.get('half')!.readFloat32()).toEqual(Float32Array.of(0.25, 0.5, 0.75));
    expect(notes).toEqual(['complex: a tensor of a type that is not read, skipped']);
  });

  it('notes a kind of tensor that it does not read', async () => {
    expect((await open('foreign-class.pth')).notes).toContain(
      'sparse: an object of torch._utils._rebuild_sparse_tensor, skipped',
    );
  });

  it('works from a Blob', async () => {
    await expectCaseValues(await openCheckpoint(blobSource(new Blob([fixture('zip.pth')])), 'zip.pth'), '', FIXTURES);
  });

  it('reads no weights on opening, and then only the slice that a view needs', async () => {
    const source = countingSource(bytesSource(fixture('zip.pth')));
    const { tensors } = await openCheckpoint(source, 'zip.pth');
    // The f32 storage has 48 bytes; `shared` is elements 4 to 8 of it. 30 bytes are the local header.
    source.bytesRead = source.largestRead = 0;
    await tensors.get('shared')!.readBytes();
    expect(source.bytesRead).toBe(30 + 16);
    source.bytesRead = 0;
    // From element 1 to element 22 of 24: the hull of the view, not the storage.
    await tensors.get('view')!.readBytes();
    expect(source.bytesRead).toBe(30 + 22 * 4);
  });

  it.each([
    ['<!DOCTYPE html><html>', 'web page'],
    ['version https://git-lfs.github.com/spec/v1\n', 'Git LFS'],
    ['', 'empty'],
    ['\x89PNG\r\n\x1a\n0000', 'not a PyTorch'],
  ])('says what a file that starts with %j is instead', async (text, said) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const refusal = openCheckpoint(bytesSource(bytes), 'weights.pth');
    expect(await codeOf(refusal)).toBe('unsupported-checkpoint');
    await expect(refusal).rejects.toThrow(said);
  });

  it('tells a Python pickle from a checkpoint', async () => {
    expect(await codeOf(open('plain-2.pkl'))).toBe('unsupported-checkpoint');
  });

  it('names a zip file that is not a checkpoint', async () => {
    expect(await codeOf(open('stored.npz'))).toBe('torch-malformed');
  });
});
