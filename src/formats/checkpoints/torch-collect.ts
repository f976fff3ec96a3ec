import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { lazyTensor } from '../arrays/lazy-tensor.ts';
import { MAX_NESTING, MAX_VISITED_VALUES } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import { Notes } from './notes.ts';
import type { PickleValue } from './pickle-values.ts';
import { ForeignObject, PickleExtension, PickleGlobal } from './pickle-values.ts';
import type { Checkpoint, CheckpointTensor } from '../arrays/tensor.ts';
import { TorchTensor } from './torch-objects.ts';

/** The bytes of a storage in the container; undefined if the container has none by this key. */
export type FindStorage = (key: string) => ByteSource | undefined;

/**
 * Walks a checkpoint's dictionaries and lists and makes its tensors lazy. What is neither is noted, not read.
 * Throws `torch-malformed` for missing storages, `tensor-malformed` for impossible views, `limit-exceeded`
 * for structures that unfold without end, `unsupported-checkpoint` for a pickled model object.
 */
export function collectTensors(root: PickleValue, findStorage: FindStorage): Pick<Checkpoint, 'tensors' | 'notes'> {
  if (root instanceof ForeignObject) {
    throw new CodedError(
      'unsupported-checkpoint',
      `This file holds a whole ${root.className} object, not a dictionary of weights.`,
      'Save model.state_dict() in PyTorch and use that file.',
    );
  }
  const collector = new Collector(findStorage);
  collector.visit(root, []);
  return collector.result();
}

class Collector {
  readonly #findStorage: FindStorage;
  readonly #tensors = new Map<string, CheckpointTensor>();
  readonly #notes = new Notes();
  /** Containers around the current value: meeting one again is a cycle. */
  readonly #around = new Set<PickleValue>();
  #visited = 0;

  constructor(findStorage: FindStorage) {
    this.#findStorage = findStorage;
  }

  result(): Pick<Checkpoint, 'tensors' | 'notes'> {
    return { tensors: this.#tensors, notes: this.#notes.lines() };
  }

  visit(value: PickleValue, path: readonly string[]): void {
    if (++this.#visited > MAX_VISITED_VALUES) {
      throw tooLarge(`The checkpoint has more than ${MAX_VISITED_VALUES} values.`);
    }
    const name = path.join('.');
    if (value instanceof TorchTensor) this.#add(value, path);
    else if (value instanceof Map || Array.isArray(value)) this.#descend(value, path);
    else if (value instanceof ForeignObject) this.#notes.add(`${name}: an object of ${value.className}, skipped`);
    else if (value instanceof PickleGlobal) this.#notes.add(`${name}: the name ${value.fullName}, skipped`);
    else if (value instanceof PickleExtension) this.#notes.add(`${name}: a bare storage, skipped`);
    else this.#notes.addPlain(name);
  }

  #descend(container: Map<PickleValue, PickleValue> | PickleValue[], path: readonly string[]): void {
    if (path.length >= MAX_NESTING) throw tooLarge(`The checkpoint nests deeper than ${MAX_NESTING} levels.`);
    if (this.#around.has(container)) {
      this.#notes.add(`${path.join('.')}: contains itself, skipped`);
      return;
    }
    this.#around.add(container);
    for (const [key, value] of container.entries()) this.visit(value, [...path, keyText(key)]);
    this.#around.delete(container);
  }

  #add(tensor: TorchTensor, path: readonly string[]): void {
    const { storage, dtype, shape, strides, offset } = tensor;
    let name = path.join('.');
    if (dtype === undefined) {
      this.#notes.add(`${name}: a tensor of a type that is not read, skipped`);
      return;
    }
    const bytes = this.#findStorage(storage.key);
    if (!bytes) throw malformed('torch', `Tensor ${name} needs storage ${storage.key}, which the file does not have.`);
    if (this.#tensors.has(name)) {
      const first = name;
      for (let copy = 2; this.#tensors.has(name); copy++) name = `${first}#${copy}`;
      this.#notes.add(`${first}: two keys join to this name; the later tensor is called ${name}`);
    }
    this.#tensors.set(name, lazyTensor({ name, path, dtype, shape, strides, offset, storage: bytes }));
  }
}

function keyText(key: PickleValue): string {
  if (typeof key === 'string') return key;
  return typeof key === 'object' ? '?' : String(key);
}
