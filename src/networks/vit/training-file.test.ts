import { describe, expect, it } from 'vitest';
import type { ConversionInput, ConversionOptions } from '../convert.ts';
import { planConversion } from '../convert.ts';
import { runInNode, tensorOf } from '../../onnx/run-in-node.test-helper.ts';
import { cosine, hasParity, imageNetNormalised, loadParity, relativeError } from '../parity.test-helper.ts';

/** The whole module of a 3DPoV training: student, teacher, heads, prototypes, up-samplers and a tracker. */
describe.runIf(hasParity('vit-3dpov'))('a 3DPoV training file', () => {
  const parity = loadParity('vit-3dpov');
  const CASES = [
    ['checkpoint.pth', ''],
    ['checkpoint-timm.pth', 'timm_'],
  ] as const;
  const inputOf = async (file: string): Promise<ConversionInput> => ({
    name: file,
    checkpoint: await parity.checkpoint(file),
  });

  async function run(input: ConversionInput, recorded: string, size: string, options: ConversionOptions = {}) {
    const image = parity.tensor(`${recorded}image_${size}`);
    const plan = planConversion([input], { size: [image.shape[2], image.shape[3]], ...options });
    const out = await runInNode(plan.graphs[0].graph, { image: imageNetNormalised(image) });
    return { plan, tokens: out.patch_tokens.values, cls: out.cls_token.values };
  }

  it.each(CASES.flatMap(([file, prefix]) => ['70x70', '56x84'].map((size) => [file, size, prefix] as const)))(
    '%s at %s: the student, which its authors evaluate, within 1e-5',
    async (file, size, prefix) => {
      const { plan, tokens, cls } = await run(await inputOf(file), prefix, size);
      expect(relativeError(tokens, parity.tensor(`${prefix}patch_tokens_${size}`).values)).toBeLessThan(1e-5);
      expect(relativeError(cls, parity.tensor(`${prefix}cls_token_${size}`).values)).toBeLessThan(1e-5);
      expect(plan.facts.at(-1)).toBe(
        'Taken: "feature_extractor.model." (student); left out: "teacher.model." (teacher)',
      );
      // What the wrong choice would give is far off.
      const teacher = parity.tensor(`${prefix}teacher_patch_tokens_${size}`).values;
      expect(relativeError(tokens, teacher)).toBeGreaterThan(0.3);
    },
  );

  it.each(CASES)('%s: the teacher where it is asked for', async (file, prefix) => {
    const { tokens } = await run(await inputOf(file), prefix, '56x84', { branch: 'teacher' });
    expect(relativeError(tokens, parity.tensor(`${prefix}teacher_patch_tokens_56x84`).values)).toBeLessThan(1e-5);
  });

  it('in fp16: cosine at least 0.999', async () => {
    const { tokens } = await run(await inputOf('checkpoint.pth'), '', '70x70', { precision: 'fp16' });
    expect(cosine(tokens, parity.tensor('patch_tokens_70x70').values)).toBeGreaterThan(0.999);
  });

  it('a file without a teacher says so', async () => {
    const input = await inputOf('checkpoint.pth');
    const tensors = new Map([...input.checkpoint.tensors].filter(([name]) => !name.startsWith('teacher')));
    const alone = { ...input, checkpoint: { ...input.checkpoint, tensors } };
    expect(planConversion([alone], { size: [70, 70] }).facts.join()).not.toContain('left out');
    expect(() => planConversion([alone], { size: [70, 70], branch: 'teacher' })).toThrow(
      expect.objectContaining({ code: 'branch-missing', message: expect.stringContaining('feature_extractor.model.') }),
    );
  });
});

describe('which copy of a network is taken', () => {
  it('DINO’s teacher, an average, the plain one, in this order; a student only when asked for', async () => {
    const names = ['patch_embed.proj.weight', 'cls_token', 'pos_embed', 'norm.weight'];
    const { detectNetworks } = await import('../detect.ts');
    const taken = (prefixes: readonly string[], branch?: 'student' | 'teacher') => {
      const tensors = prefixes.flatMap((prefix) =>
        names.map((name) => [prefix + name, tensorOf(name, [1], [0])] as const),
      );
      return detectNetworks(new Map(tensors), branch)[0].prefix;
    };
    expect(taken(['student.backbone.', 'teacher.backbone.'])).toBe('teacher.backbone.');
    expect(taken(['student.backbone.', 'teacher.backbone.'], 'student')).toBe('student.backbone.');
    expect(taken(['model.', 'model_ema.'])).toBe('model_ema.');
    expect(taken(['model.', 'student.'])).toBe('model.');
    expect(taken(['teacher.model.', 'feature_extractor.model.'])).toBe('feature_extractor.model.');
  });
});
