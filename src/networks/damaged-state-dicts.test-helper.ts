import { CodedError } from '../core/errors.ts';
import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { describePlan, planConversion } from './convert.ts';
import type { ConversionOptions } from './plan.ts';
import type { NamedShape } from './published-shapes.ts';
import { shapesOnly } from './synthetic-weights.test-helper.ts';

interface Planned {
  readonly family: string;
  readonly unused: readonly string[];
  readonly warnings: readonly string[];
}

const FILE = 'damaged.pth';

/** Plans a conversion of a file of these tensors, and counts what it would cost. */
export function planOf(shapes: readonly NamedShape[], options: ConversionOptions): Planned {
  const tensors = shapesOnly(shapes) as Map<string, CheckpointTensor>;
  const inputs = [{ name: FILE, checkpoint: { format: 'safetensors', tensors, notes: [] } as never }];
  const plan = planConversion(inputs, options);
  const { unused, warnings } = describePlan(plan, inputs);
  return { family: plan.family.name, unused: unused.map((name) => name.slice(`${FILE}: `.length)), warnings };
}

/** Codes that blame the converter, which no file may bring about. */
const OUR_MISTAKES = ['graph-invalid', 'tensor-taken-twice'];

/**
 * Plans `count` conversions of a state dict in which one to three tensors are missing, renamed, mis-shaped or of another
 * rank, always the same ones.
 *
 * @returns how many were refused, as which families the others were read, and what was thrown that is no coded error (or blames
 *   the converter)
 */
export function planDamaged(
  shapes: readonly NamedShape[],
  options: ConversionOptions,
  count = 500,
): { refused: number; families: Set<string>; wrong: string[] } {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const outcome = { refused: 0, families: new Set([planOf(shapes, options).family]), wrong: [] as string[] };
  for (let i = 0; i < count; i += 1) {
    const damaged = [...shapes];
    const done: string[] = [];
    for (let times = 1 + random(3); times > 0; times -= 1) {
      const at = random(damaged.length);
      const [name, shape] = damaged[at];
      damaged[at] = DAMAGES[random(DAMAGES.length)](name, shape, random);
      done.push(`${name} [${shape.join(', ')}] → ${damaged[at][0]} [${damaged[at][1].join(', ')}]`);
    }
    try {
      outcome.families.add(
        planOf(
          damaged.filter(([name]) => name !== ''),
          options,
        ).family,
      );
    } catch (error) {
      outcome.refused += 1;
      const isCoded = error instanceof CodedError && !OUR_MISTAKES.includes(error.code);
      if (!isCoded) outcome.wrong.push(`${String(error)}: ${done.join('; ')}`);
    }
  }
  return outcome;
}

/** Refusals of a file that lost what its network is recognised by: they say what was looked for. */
const UNRECOGNISED = ['architecture-unknown', 'architecture-other', 'matcher-without-vit', 'matcher-without-keypoints'];

/** What a network does without, and says so or not: counters, a mask that is never read, periods that can be computed. */
const DISPENSABLE = /num_batches_tracked$|mask_token$|bias_mask$|periods$/;

/**
 * Plans conversions of a state dict without each of its numbered parts (`blocks.2.`, `layer3.0.`), and without every seventh of
 * its tensors. The last part of a list is left alone: without it the file is that of a shallower network.
 *
 * @returns how many parts were left out; which of them were read all the same without a word; which were refused without being
 *   named. What the undamaged network does not use is not missed.
 */
export function planLacking(
  shapes: readonly NamedShape[],
  options: ConversionOptions,
  family: string,
): { parts: number; read: string[]; unnamed: string[] } {
  const meant = { ...options, as: family };
  const whole = planOf(shapes, meant);
  const isUsed = ([name]: NamedShape): boolean => !whole.unused.includes(name) && !DISPENSABLE.test(name);
  const used = shapes.filter(isUsed).map(([name]) => name);
  const parts = [...new Set(used.flatMap(partsOf))].filter((part) => !isLast(part, used));
  const outcome = { parts: parts.length, read: [] as string[], unnamed: [] as string[] };
  for (const lacking of [...parts, ...used.filter((_, i) => i % 7 === 3)]) {
    try {
      const { warnings } = planOf(
        shapes.filter(([name]) => !name.startsWith(lacking)),
        meant,
      );
      if (warnings.length <= whole.warnings.length) outcome.read.push(lacking);
    } catch (error) {
      const { code, message } = error as CodedError;
      if (UNRECOGNISED.includes(code) || message.includes(lacking.replace(/\.$/, ''))) continue;
      outcome.unnamed.push(`${lacking}: ${code} ${message}`);
    }
  }
  return outcome;
}

/** `a.0.b.1.c` is in the parts `a.0.` and `a.0.b.1.`. */
const partsOf = (name: string): string[] =>
  [...name.matchAll(/(?<=\.)\d+\./g)].map((match) => name.slice(0, match.index + match[0].length));

function isLast(part: string, names: readonly string[]): boolean {
  const [, list, number] = /^(.*\.)(\d+)\.$/.exec(part)!;
  return !names.some((name) => name.startsWith(list) && Number.parseInt(name.slice(list.length), 10) > Number(number));
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
