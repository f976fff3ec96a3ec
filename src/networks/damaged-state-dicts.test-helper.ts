import { CodedError } from '../core/errors.ts';
import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { describePlan, planConversion } from './convert.ts';
import type { ConversionOptions } from './plan.ts';
import type { NamedShape } from './published-shapes.ts';
import { shapesOnly } from './synthetic-weights.test-helper.ts';

/**
 * Plans `count` conversions of a state dict in which one to three tensors are missing, renamed, mis-shaped or of another
 * rank, always the same ones.
 *
 * @returns how many were refused, and what was thrown that is no coded error (or blames the converter)
 */
export function planDamaged(
  shapes: readonly NamedShape[],
  options: ConversionOptions,
  count = 500,
): { refused: number; wrong: string[] } {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const outcome = { refused: 0, wrong: [] as string[] };
  for (let i = 0; i < count; i += 1) {
    const damaged: [string, readonly number[]][] = shapes.map(([name, shape]) => [name, shape]);
    const done: string[] = [];
    for (let times = 1 + random(3); times > 0; times -= 1) {
      const at = random(damaged.length);
      const [name, shape] = damaged[at];
      const before = `${name} [${shape.join(', ')}]`;
      damaged[at] = DAMAGES[random(DAMAGES.length)](name, shape, random);
      done.push(`${before} → ${damaged[at][0]} [${damaged[at][1].join(', ')}]`);
    }
    const tensors = shapesOnly(damaged.filter(([name]) => name !== '')) as Map<string, CheckpointTensor>;
    const inputs = [{ name: 'damaged.pth', checkpoint: { format: 'safetensors', tensors, notes: [] } as never }];
    try {
      describePlan(planConversion(inputs, options), inputs);
    } catch (error) {
      outcome.refused += 1;
      const isCoded = error instanceof CodedError && !['graph-invalid', 'tensor-taken-twice'].includes(error.code);
      if (!isCoded) outcome.wrong.push(`${String(error)}: ${done.join('; ')}`);
    }
  }
  return outcome;
}

type Damage = (
  name: string,
  shape: readonly number[],
  random: (below: number) => number,
) => [string, readonly number[]];

const DAMAGES: readonly Damage[] = [
  () => ['', []],
  (name, shape) => [`${name}_`, shape],
  (name, shape) => [name, shape.slice(1)],
  (name, shape) => [name, [...shape, 3]],
  (name, shape, random) => [name, shape.map((extent, i) => (i === 0 ? extent + 1 + random(9) : extent))],
  (name, shape, random) => [name, shape.map((extent) => Math.max(1, extent - random(4)))],
  (name, shape, random) => [name, shape.map(() => 1 + random(300))],
  (name, shape) => [name, [...shape].reverse()],
  (name) => [name, []],
];
