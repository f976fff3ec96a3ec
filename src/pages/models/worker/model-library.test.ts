import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasParity } from '../../../networks/parity.test-helper.ts';
import { FakeDirectory } from '../../../platform/storage/fake-opfs.ts';
import { ModelStore } from '../../../models/store.ts';
import { CodedError } from '../../../core/errors.ts';
import type { InstallProgress, ModelRecipe } from '../../../models/library-contract.ts';
import type { Exclusively } from './model-library.ts';
import { ModelLibrary } from './model-library.ts';

const CHECKPOINT = fileURLToPath(new URL('../../../../../shared/parity/vit/checkpoint.pth', import.meta.url));
const RECIPE: ModelRecipe = {
  id: 'small-vit',
  name: 'Small ViT',
  licence: 'MIT',
  source: 'a test',
  files: [{ name: 'checkpoint.pth', url: 'https://host.test/checkpoint.pth', bytes: null, sha256: null }],
  choices: { heads: 3, size: [70, 70] },
};

function locks(): Exclusively {
  const held = new Set<string>();
  return async (id, job) => {
    if (held.has(id)) throw new CodedError('model-busy', 'Busy.', 'Wait.');
    held.add(id);
    try {
      return await job();
    } finally {
      held.delete(id);
    }
  };
}

function library(serve: (range: number) => Response, quota = 1e9) {
  const root = new FakeDirectory();
  const store = new ModelStore(root.handle, async () => ({ usage: root.bytes, quota }));
  const fetcher = (async (_url: string, init: RequestInit) =>
    serve(Number(/\d+/.exec(new Headers(init.headers).get('range')!)![0]))) as typeof fetch;
  const open = () => new ModelLibrary({ openStore: async () => store, exclusively: locks(), fetcher });
  return { root, open, library: open() };
}

function call() {
  const controller = new AbortController();
  const progress: InstallProgress[] = [];
  return {
    controller,
    progress,
    context: { signal: controller.signal, onProgress: (one: InstallProgress) => void progress.push(one) },
  };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof CodedError ? error.code : error),
  );

describe.runIf(hasParity('vit'))('ModelLibrary', () => {
  const bytes = readFileSync(CHECKPOINT);
  const serve = (from: number) =>
    new Response(bytes.subarray(from), { status: 206, headers: { 'content-length': String(bytes.length - from) } });

  it('installs by address: downloads, converts, lists, removes', async () => {
    const { root, library: models } = library(serve);
    const { context, progress } = call();
    const model = await models.install({ recipe: RECIPE }, context);
    expect(model).toMatchObject({ id: 'small-vit', name: 'Small ViT', kind: 'encoder', input: null, licence: 'MIT' });
    expect(model.checkpoints).toEqual([
      {
        name: 'checkpoint.pth',
        url: RECIPE.files[0].url,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        isVerified: false,
        formerSha256: null,
      },
    ]);
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(['download', 'convert']));
    expect(progress.at(-1)).toMatchObject({ phase: 'convert', loaded: progress.at(-1)!.total });
    const { installed, partial } = await models.list();
    expect(installed).toEqual([model]);
    expect(partial).toEqual([]);
    expect(model.manifestUrl).toMatch(/^opfs:installed\/small-vit\/manifest\.json\?\d+$/);

    await models.remove({ id: 'small-vit' });
    expect((await models.list()).installed).toEqual([]);
    // Only the remembered hash is left.
    expect(root.bytes).toBeLessThan(300);
  });

  it('tells when an address gives another file than before', async () => {
    let content = bytes;
    const { library: models } = library((from) => new Response(content.subarray(from), { status: 206 }));
    const first = await models.install({ recipe: RECIPE }, call().context);
    // A zip tolerates bytes behind its end record's comment no more than before its start, but a comment's length may say so.
    content = Buffer.concat([bytes.subarray(0, bytes.length - 2), Buffer.from([1, 0, 0])]);
    const second = await models.install({ recipe: RECIPE }, call().context);
    expect(second.checkpoints[0].formerSha256).toBe(first.checkpoints[0].sha256);
    expect((await models.list()).installed).toHaveLength(1);
  });

  it('a paused download is listed after a restart and goes on', async () => {
    const ranges: number[] = [];
    const { open, library: models } = library((from) => {
      ranges.push(from);
      return serve(from);
    });
    const paused = call();
    const { onProgress } = paused.context;
    paused.context.onProgress = (one) => {
      onProgress(one);
      if (one.loaded > 1000) paused.controller.abort();
    };
    expect(await code(models.install({ recipe: RECIPE }, paused.context))).toBe('cancelled');

    const reloaded = open();
    const { partial } = await reloaded.list();
    expect(partial).toMatchObject([{ recipe: RECIPE, total: bytes.length }]);
    expect(partial[0].loaded).toBeGreaterThan(1000);
    await reloaded.install({ recipe: partial[0].recipe }, call().context);
    expect(ranges).toEqual(partial[0].loaded === bytes.length ? [0] : [0, partial[0].loaded]);
    expect(await reloaded.list()).toMatchObject({ installed: [{ id: 'small-vit' }], partial: [] });
  });

  it('a cancelled download leaves nothing', async () => {
    const { root, library: models } = library(() => new Response('', { status: 404 }));
    expect(await code(models.install({ recipe: RECIPE }, call().context))).toBe('download-http');
    await models.discard({ id: 'small-vit' });
    expect(root.bytes).toBe(0);
  });

  it('refuses before downloading what does not fit', async () => {
    const { root, library: models } = library(serve, 1000);
    expect(await code(models.install({ recipe: RECIPE }, call().context))).toBe('storage-full');
    expect(root.bytes).toBeLessThan(1000);
  });

  it('a conversion that is cancelled or fails leaves no model, and the next one runs', async () => {
    const { library: models } = library(serve);
    const file = new File([bytes], 'checkpoint.pth');
    const cancelled = call();
    cancelled.context.onProgress = ({ loaded }) => {
      if (loaded > 0) cancelled.controller.abort();
    };
    expect(await code(models.convert({ recipe: RECIPE, files: [file] }, cancelled.context))).toBe('cancelled');
    expect(
      await code(models.convert({ recipe: RECIPE, files: [new File(['<html>'], 'page.pth')] }, call().context)),
    ).toBe('unsupported-checkpoint');
    expect((await models.list()).installed).toEqual([]);
    expect(await models.convert({ recipe: RECIPE, files: [file] }, call().context)).toMatchObject({
      checkpoints: [{ name: 'checkpoint.pth', url: null, sha256: null }],
    });
  });

  it('takes ONNX files with their manifest, and only the right ones', async () => {
    const { root, library: models } = library(serve);
    await models.install({ recipe: RECIPE }, call().context);
    const folder = await (await root.getDirectoryHandle('installed')).getDirectoryHandle('small-vit');
    const files = await Promise.all(
      ['manifest.json', 'encoder.onnx', 'encoder.data'].map(async (name) =>
        (await folder.getFileHandle(name)).getFile(),
      ),
    );
    await models.remove({ id: 'small-vit' });

    expect(await code(models.add({ files: files.slice(1) }, call().context))).toBe('manifest-missing');
    expect(await code(models.add({ files: files.slice(0, 2) }, call().context))).toBe('model-files-missing');
    const damaged = new File([new Uint8Array(files[2].size)], 'encoder.data');
    expect(await code(models.add({ files: [files[0], files[1], damaged] }, call().context))).toBe('model-corrupt');
    expect((await models.list()).installed).toEqual([]);
    expect(await models.add({ files }, call().context)).toMatchObject({ id: 'small-vit', kind: 'encoder' });
    expect((await models.list()).installed).toHaveLength(1);
  });

  it('clears away a conversion that the page did not live to end', async () => {
    const { root, library: models } = library(serve);
    const folder = await (await root.getDirectoryHandle('installed', { create: true })).getDirectoryHandle('half', {
      create: true,
    });
    (await folder.getFileHandle('encoder.data', { create: true })).content = new Uint8Array(100);
    expect((await models.list()).installed).toEqual([]);
    expect(root.bytes).toBe(0);
  });
});
