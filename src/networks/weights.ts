import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { CodedError } from '../core/errors.ts';

type Tensors = ReadonlyMap<string, CheckpointTensor>;

/** Extents that are known; null where any extent will do. */
export type ExpectedShape = readonly (number | null)[];

/**
 * A state dict that keeps account of what an architecture takes from it: a missing or mis-shaped tensor
 * is an error that says so, and what was never taken can be named in the report.
 */
export class Weights {
  private constructor(
    private readonly tensors: Tensors,
    /** Prepended to every name: where in the file the network sits, and where in the network this part sits. */
    readonly prefix: string,
    /** Taken by this reading of the network; a second take of the same name would be our mistake. */
    private readonly taken: Set<string>,
    /** Taken by any reading: the coarse and the fine pass share the report. */
    private readonly used: Set<string>,
    /** A name as the architecture says it (with the prefix) to the file's. */
    private readonly spell: (name: string) => string,
    /** By what an optional tensor is called in every part of a list: one part that has it, one that has not. */
    private readonly habits: Map<string, { having?: string; lacking?: string }>,
  ) {}

  /**
   * @param prefix where in the file the network sits
   * @param spell the architecture's name of a tensor to the file's, for a file that names the same network otherwise;
   *   both without the prefix
   */
  static of(tensors: Tensors, prefix = '', spell?: (name: string) => string): Weights {
    const spelled = spell ? (name: string) => prefix + spell(name.slice(prefix.length)) : (name: string) => name;
    return new Weights(tensors, prefix, new Set(), new Set(), spelled, new Map());
  }

  /** The part whose names start with `name` and a dot. */
  at(name: string): Weights {
    return new Weights(this.tensors, `${this.prefix}${name}.`, this.taken, this.used, this.spell, this.habits);
  }

  /** The same weights for a second graph, which may take them all again; the report stays common. */
  again(): Weights {
    return new Weights(this.tensors, this.prefix, new Set(), this.used, this.spell, this.habits);
  }

  has(name: string): boolean {
    return this.tensors.has(this.spell(this.prefix + name));
  }

  /**
   * The shape of a tensor without taking it, for reading sizes.
   * @throws CodedError `tensor-missing`, and `tensor-shape` where it has another number of axes than `rank`
   */
  shapeOf(name: string, rank?: number): readonly number[] {
    const { shape, name: known } = this.find(name, null);
    if (rank === undefined || shape.length === rank) return shape;
    throw wrongShape(
      known,
      shape,
      Array.from({ length: rank }, () => null),
    );
  }

  /** Takes a tensor. @throws CodedError `tensor-missing` or `tensor-shape`, naming it with both shapes. */
  take(name: string, shape: ExpectedShape): CheckpointTensor {
    const tensor = this.find(name, shape);
    if (
      tensor.shape.length !== shape.length ||
      shape.some((extent, axis) => extent !== null && extent !== tensor.shape[axis])
    ) {
      throw wrongShape(tensor.name, tensor.shape, shape);
    }
    if (this.taken.has(tensor.name)) {
      throw new CodedError(
        'tensor-taken-twice',
        `The network asks for "${tensor.name}" twice.`,
        'This is a bug in the converter; please report it.',
      );
    }
    this.taken.add(tensor.name);
    this.used.add(tensor.name);
    return tensor;
  }

  /**
   * Takes a tensor that some variants of the network do without.
   * @throws CodedError `tensor-missing` where one part of a list (`blocks.3`) has it and another has not: the file lost it
   */
  optional(name: string, shape: ExpectedShape): CheckpointTensor | null {
    const full = this.spell(this.prefix + name);
    const pattern = full.replace(/(?<=^|\.)\d+(?=\.)/g, '#');
    const habit = this.habits.get(pattern) ?? {};
    this.habits.set(pattern, habit);
    if (this.has(name)) habit.having ??= full;
    else habit.lacking ??= full;
    if (habit.having !== undefined && habit.lacking !== undefined) {
      throw new CodedError(
        'tensor-missing',
        `The checkpoint has no tensor "${habit.lacking}", though it has "${habit.having}".`,
        INCOMPLETE,
      );
    }
    return this.has(name) ? this.take(name, shape) : null;
  }

  /** Takes note of a tensor that means nothing at inference, if it is there. */
  passOver(name: string): void {
    const tensor = this.tensors.get(this.spell(this.prefix + name));
    if (tensor) this.used.add(tensor.name);
  }

  /**
   * How many numbered parts `name.0`, `name.1`, … there are.
   *
   * @param marks tensors of which a part has at least one, as the architecture spells them; any tensor at all unless given
   * @throws CodedError `tensor-missing` where a number is left out between others: the file lost a part, and the network
   *   must not be read as a shallower one
   */
  count(name: string, marks?: readonly string[]): number {
    const numbers = marks ? this.numbersWith(name, marks) : this.numbersUnder(name);
    const count = numbers.size;
    for (let i = 0; i < count; i += 1) {
      if (numbers.has(i)) continue;
      const part = `${name}.${i}`;
      throw new CodedError(
        'tensor-missing',
        `The checkpoint has no "${marks ? this.spell(`${this.prefix}${part}.${marks[0]}`) : this.prefix + part}", though it has later parts of that list.`,
        INCOMPLETE,
      );
    }
    return count;
  }

  private numbersUnder(name: string): Set<number> {
    const start = `${this.prefix}${name}.`;
    const numbers = new Set<number>();
    for (const key of this.tensors.keys()) {
      if (!key.startsWith(start)) continue;
      const digits = /^\d+(?=\.)/.exec(key.slice(start.length));
      if (digits) numbers.add(Number(digits[0]));
    }
    return numbers;
  }

  private numbersWith(name: string, marks: readonly string[]): Set<number> {
    const isPart = (i: number): boolean => marks.some((mark) => this.has(`${name}.${i}.${mark}`));
    return new Set(Array.from({ length: MAX_PARTS }, (_, i) => i).filter(isPart));
  }

  /** Names of the file's tensors that no reading took, in file order. */
  unused(): string[] {
    return [...this.tensors.values()].filter(({ name }) => !this.used.has(name)).map(({ name }) => name);
  }

  /** Whether this reads from the given state dict. */
  reads(tensors: Tensors): boolean {
    return this.tensors === tensors;
  }

  private find(name: string, shape: ExpectedShape | null): CheckpointTensor {
    const tensor = this.tensors.get(this.spell(this.prefix + name));
    if (tensor) return tensor;
    const wanted = shape ? ` of shape ${describe(shape)}` : '';
    throw new CodedError(
      'tensor-missing',
      `The checkpoint has no tensor "${this.spell(this.prefix + name)}"${wanted}, which the recognised network needs (its shape there: none).`,
      INCOMPLETE,
    );
  }
}

/** More than any list of parts has (ViT-g: 40 blocks): bounds the search for one. */
const MAX_PARTS = 64;

const INCOMPLETE = 'Check that the download is complete and that the file holds the whole network.';

function wrongShape(name: string, shape: readonly number[], wanted: ExpectedShape): CodedError {
  return new CodedError(
    'tensor-shape',
    `The tensor "${name}" has the shape ${describe(shape)}; the recognised network wants ${describe(wanted)}.`,
    'Check that the file belongs to the chosen model, or say which network it is with --as.',
  );
}

function describe(shape: ExpectedShape): string {
  return `[${shape.map((extent) => extent ?? 'any').join(', ')}]`;
}

/** Which of two copies in a training file: the network that learns, or the running mean of it. */
export type Branch = 'student' | 'teacher';

/**
 * The prefixes under which a network sits in a file, found by a tensor that it must have: a state dict may
 * be wrapped (`model`, `state_dict`, `teacher`, `ema`) and its names prefixed (`module.`, `backbone.`, …),
 * in any nesting. In front stands what the authors evaluate: 3DPoV's student, which is its `feature_extractor`; else
 * averaged weights; then the shortest prefix. A wish for one branch goes before all of that.
 */
export function findPrefixes(tensors: Tensors, mark: string, wish?: Branch): string[] {
  const prefixes = [...tensors.keys()]
    .filter((name) => name === mark || name.endsWith(`.${mark}`))
    .map((name) => name.slice(0, -mark.length));
  return prefixes.sort((a, b) => rank(a, wish) - rank(b, wish) || a.length - b.length);
}

/**
 * {@link findPrefixes} for a network that must have several tensors, the first of which locates it.
 *
 * @param marks names without the prefix
 */
export function findNetworks(tensors: Tensors, marks: readonly string[], wish?: Branch): string[] {
  return findPrefixes(tensors, marks[0], wish).filter((prefix) => marks.every((name) => tensors.has(prefix + name)));
}

/** The branch that a prefix names; null where it names none. */
export function branchOf(prefix: string): Branch | null {
  if (/(^|\.)(teacher|ema|ema_model|model_ema)\./.test(prefix)) return 'teacher';
  return /(^|\.)(student|feature_extractor)\./.test(prefix) ? 'student' : null;
}

function rank(prefix: string, wish: Branch | undefined): number {
  const branch = branchOf(prefix);
  if (wish !== undefined && branch === wish) return -2;
  if (/(^|\.)feature_extractor\./.test(prefix)) return -1;
  return branch === 'teacher' ? 0 : branch === null ? 1 : 2;
}
