import { describe, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { openCheckpoint } from './checkpoint.ts';
import { codeOf, fixture } from '../fixtures.test-helper.ts';
import { lazyTensor } from '../arrays/lazy-tensor.ts';
import { findStateDict, stateDictCandidates } from './state-dict.ts';
import type { Checkpoint } from '../arrays/tensor.ts';

/** A checkpoint with a tensor at each path; keys inside a path are separated by `/`. */
function checkpoint(...paths: string[]): Checkpoint {
  const storage = bytesSource(new Uint8Array(4));
  const tensors = paths.map((text) => {
    const path = text.split('/');
    return lazyTensor({ name: path.join('.'), path, dtype: 'float32', shape: [], strides: [], offset: 0, storage });
  });
  return { format: 'torch-zip', tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), notes: [] };
}

const found = (...paths: string[]) => {
  const { tensors, ...how } = findStateDict(checkpoint(...paths));
  return { names: [...tensors.keys()], ...how };
};

describe('findStateDict', () => {
  it.each([
    ['a bare state dict', ['cls_token', 'blocks.0.norm1.weight'], [], ''],
    ['a wrapper', ['model/cls_token', 'model/blocks.0.norm1.weight'], ['model'], ''],
    [
      'a wrapper and a prefix',
      ['state_dict/module.cls_token', 'state_dict/module.blocks.0.norm1.weight'],
      ['state_dict'],
      'module.',
    ],
    ['the released encoders', ['model/model.cls_token', 'model/model.blocks.0.norm1.weight'], ['model'], 'model.'],
    [
      'two wrappers and two prefixes',
      ['a/model/module.encoder.cls_token', 'a/model/module.encoder.blocks.0.norm1.weight'],
      ['a', 'model'],
      'module.encoder.',
    ],
    ['an unknown lone wrapper', ['my_net/cls_token', 'my_net/blocks.0.norm1.weight'], ['my_net'], ''],
  ])('sees through %s', (_, paths, wrapper, prefix) => {
    expect(found(...paths)).toEqual({ names: ['cls_token', 'blocks.0.norm1.weight'], wrapper, prefix, aside: [] });
  });

  it('prefers the teacher, and says what it leaves', () => {
    expect(found('student/backbone.w', 'teacher/backbone.w', 'optimizer/state/0/exp_avg')).toEqual({
      names: ['w'],
      wrapper: ['teacher'],
      prefix: 'backbone.',
      aside: ['student.backbone.w', 'optimizer.state.0.exp_avg'],
    });
  });

  it('takes no prefix that only some names have, and no name as a whole', () => {
    expect(found('encoder.cnn.w', 'decoder.gp.w')).toMatchObject({
      names: ['encoder.cnn.w', 'decoder.gp.w'],
      prefix: '',
    });
    expect(found('model.')).toMatchObject({ names: ['model.'], prefix: '' });
  });

  it('joins the parts of a nested state dict', () => {
    expect(found('backbone_a/w', 'head_b/w')).toMatchObject({ names: ['backbone_a.w', 'head_b.w'], wrapper: [] });
  });

  it('offers the part behind a prefix to a recogniser that wants it', () => {
    const dict = findStateDict(checkpoint('backbone.cls_token', 'head.w'), ({ tensors }) => tensors.has('cls_token'));
    expect([...dict.tensors.keys()]).toEqual(['cls_token']);
    expect(dict).toMatchObject({ prefix: 'backbone.', aside: ['head.w'] });
  });

  it('offers every wrapper, the likely one first, and the whole file last', () => {
    const candidates = [...stateDictCandidates(checkpoint('ema/w', 'model/w', 'extra/w'))];
    expect(candidates.map(({ wrapper, prefix }) => [wrapper.join('/'), prefix])).toEqual([
      ['model', ''],
      ['ema', ''],
      ['', ''],
      ['', 'model.'],
    ]);
  });

  it('reports when there is nothing, or nothing accepted', async () => {
    expect(await codeOf((async () => findStateDict(checkpoint()))())).toBe('no-state-dict');
    expect(() => findStateDict(checkpoint('some.w'), () => false)).toThrow(/some\.w/);
  });

  it('is not led astray by a name of a thousand prefixes', () => {
    expect([...stateDictCandidates(checkpoint('module.'.repeat(10_000) + 'w', 'x'))].length).toBeLessThan(12);
  });

  it('reads a file of CPython', async () => {
    const dict = findStateDict(await openCheckpoint(bytesSource(fixture('nested-parameters.pth')), 'x.pth'));
    expect([...dict.tensors.keys()]).toEqual(['f32', 'f16', 'bf16', 'i64', 'view', 'shared']);
    expect(dict).toMatchObject({ wrapper: ['state_dict'], prefix: 'module.', aside: [] });
  });
});
