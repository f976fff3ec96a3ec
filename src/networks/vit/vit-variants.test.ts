import { describe, expect, it } from 'vitest';
import type { CheckpointTensor } from '../../formats/arrays/tensor.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { noise, runInNode, tensorOf } from '../../onnx/run-in-node.test-helper.ts';
import { resizePositions } from './position-embedding.ts';
import { vit } from './vit.ts';
import { readVitConfig } from './vit-config.ts';
import { findPrefixes, Weights } from '../weights.ts';

const CHANNELS = 64;
const HIDDEN = 96;

/** A ViT of one head and two blocks with registers and SwiGLU, in DINOv2's names. */
function stateDict(): Map<string, CheckpointTensor> {
  const shapes: Record<string, number[]> = {
    cls_token: [1, 1, CHANNELS],
    register_tokens: [1, 4, CHANNELS],
    pos_embed: [1, 10, CHANNELS],
    mask_token: [1, CHANNELS],
    'patch_embed.proj.weight': [CHANNELS, 3, 14, 14],
    'patch_embed.proj.bias': [CHANNELS],
    'norm.weight': [CHANNELS],
    'norm.bias': [CHANNELS],
  };
  for (const block of ['blocks.0', 'blocks.1']) {
    for (const norm of ['norm1', 'norm2']) {
      shapes[`${block}.${norm}.weight`] = [CHANNELS];
      shapes[`${block}.${norm}.bias`] = [CHANNELS];
    }
    shapes[`${block}.attn.qkv.weight`] = [3 * CHANNELS, CHANNELS];
    shapes[`${block}.attn.qkv.bias`] = [3 * CHANNELS];
    shapes[`${block}.attn.proj.weight`] = [CHANNELS, CHANNELS];
    shapes[`${block}.attn.proj.bias`] = [CHANNELS];
    shapes[`${block}.ls1.gamma`] = [CHANNELS];
    shapes[`${block}.mlp.w12.weight`] = [2 * HIDDEN, CHANNELS];
    shapes[`${block}.mlp.w12.bias`] = [2 * HIDDEN];
    shapes[`${block}.mlp.w3.weight`] = [CHANNELS, HIDDEN];
    shapes[`${block}.mlp.w3.bias`] = [CHANNELS];
    shapes[`${block}.ls2.gamma`] = [CHANNELS];
  }
  return new Map(
    Object.entries(shapes).map(([name, shape], i) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      return [name, tensorOf(name, shape, noise(size, i + 1))];
    }),
  );
}

/** The same tensors under other names. */
function renamed(
  tensors: Map<string, CheckpointTensor>,
  rename: (name: string) => string,
): Map<string, CheckpointTensor> {
  return new Map(
    [...tensors.values()].map((tensor) => {
      const name = rename(tensor.name);
      return [name, { ...tensor, name }];
    }),
  );
}

async function run(tensors: Map<string, CheckpointTensor>): Promise<{ tokens: Float32Array; unused: string[] }> {
  const weights = Weights.of(tensors, findPrefixes(tensors, 'patch_embed.proj.weight')[0]);
  const g = new GraphBuilder({ name: 'variant' });
  const image = g.input('image', 'float32', [1, 3, 42, 28]);
  g.output('tokens', vit(g, weights, readVitConfig(weights), image).patchTokens);
  const { tokens } = await runInNode(g, { image: noise(3 * 42 * 28, 77) });
  return { tokens: tokens.values, unused: weights.unused() };
}

describe('variants of one network under other names give the same tokens', () => {
  it('blocks chunked for training keep their global numbers', async () => {
    const chunked = renamed(stateDict(), (name) => name.replace(/^blocks\.(\d)/, 'blocks.$1.$1'));
    expect((await run(chunked)).tokens).toEqual((await run(stateDict())).tokens);
  });

  it('a training checkpoint: the teacher is taken, the student named as unused', async () => {
    const plain = stateDict();
    const both = new Map([
      ...renamed(plain, (name) => `student.module.backbone.${name}`),
      ...renamed(plain, (name) => `teacher.backbone.${name}`),
    ]);
    const { tokens, unused } = await run(both);
    expect(tokens).toEqual((await run(plain)).tokens);
    expect(unused.length).toBe(plain.size + 1);
    expect(unused.filter((name) => name.startsWith('teacher'))).toEqual(['teacher.backbone.mask_token']);
  });

  it('timm’s names: reg_token, positions of patches only, packed SwiGLU', async () => {
    const dinov2 = stateDict();
    const positions = await dinov2.get('pos_embed')!.readFloat32();
    dinov2.set(
      'pos_embed',
      tensorOf(
        'pos_embed',
        [1, 10, CHANNELS],
        positions.map((value, i) => (i < CHANNELS ? 0 : value)),
      ),
    );
    const timm = renamed(dinov2, (name) =>
      name.replace('register_tokens', 'reg_token').replace('mlp.w12', 'mlp.fc1').replace('mlp.w3', 'mlp.fc2'),
    );
    timm.delete('mask_token');
    timm.set('pos_embed', tensorOf('pos_embed', [1, 9, CHANNELS], positions.slice(CHANNELS)));
    const { tokens, unused } = await run(timm);
    expect(tokens).toEqual((await run(dinov2)).tokens);
    expect(unused).toEqual([]);
  });
});

describe('a state dict that does not fit is refused by name', () => {
  it.each<[string, (tensors: Map<string, CheckpointTensor>) => unknown, string, RegExp]>([
    [
      'missing',
      (t) => t.delete('blocks.1.attn.proj.weight'),
      'tensor-missing',
      /"blocks\.1\.attn\.proj\.weight" of shape \[64, 64\]/,
    ],
    [
      'mis-shaped',
      (t) => t.set('norm.bias', tensorOf('norm.bias', [7], noise(7))),
      'tensor-shape',
      /"norm\.bias" has the shape \[7\].*wants \[64\]/,
    ],
    [
      'oblong positions',
      (t) => t.set('pos_embed', tensorOf('pos_embed', [1, 8, CHANNELS], noise(8 * CHANNELS))),
      'vit-positions',
      /8 entries/,
    ],
    [
      'without blocks',
      (t) => [...t.keys()].filter((name) => name.startsWith('blocks')).forEach((name) => t.delete(name)),
      'tensor-missing',
      /blocks\.0\.norm1/,
    ],
  ])('%s', async (_, spoil, code, message) => {
    const tensors = stateDict();
    spoil(tensors);
    const error: unknown = await run(tensors).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(message);
  });

  it('heads that shapes cannot tell are asked for', () => {
    const weights = Weights.of(stateDict());
    expect(() => readVitConfig(weights, { heads: 7 })).toThrow(/cannot be told/);
  });

  it('a second take of one tensor is our mistake, except in another reading', () => {
    const weights = Weights.of(stateDict());
    weights.take('cls_token', [1, 1, CHANNELS]);
    expect(() => weights.take('cls_token', [1, 1, CHANNELS])).toThrow(/twice/);
    expect(() => weights.again().take('cls_token', [1, 1, CHANNELS])).not.toThrow();
  });
});

describe('resizePositions', () => {
  it('leaves a grid of the same size untouched', () => {
    const grid = noise(9 * 2);
    expect(resizePositions(grid, [3, 3], [3, 3], 'offset')).toBe(grid);
  });

  it.each(['offset', 'antialias'] as const)(
    '%s: a constant stays constant and the mean of a ramp stays in the middle',
    (how) => {
      const constant = resizePositions(new Float32Array(25).fill(2), [5, 5], [3, 8], how);
      for (const value of constant) expect(value).toBeCloseTo(2, 5);
      const ramp = resizePositions(
        Float32Array.from({ length: 25 }, (_, i) => i % 5),
        [5, 5],
        [5, 4],
        'antialias',
      );
      expect(ramp.slice(0, 4).reduce((sum, value) => sum + value, 0) / 4).toBeCloseTo(2, 5);
    },
  );
});
