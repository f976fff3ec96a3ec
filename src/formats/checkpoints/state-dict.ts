import { CodedError } from '../../core/errors.ts';
import type { Checkpoint, CheckpointTensor } from '../arrays/tensor.ts';

/** Keys under which training scripts put the weights, in the order of preference where a file has several. */
const WRAPPERS = [
  'state_dict',
  'model_state_dict',
  'model',
  'teacher',
  'ema',
  'model_ema',
  'ema_model',
  'ema_state_dict',
  'student',
  'encoder',
  'backbone',
  'network',
  'net',
  'module',
  'params',
  'weights',
];

/** What wrapping modules put before every name (DataParallel, Lightning, distillation scripts, torch.compile). */
const PREFIXES = ['module.', '_orig_mod.', 'model.', 'encoder.', 'backbone.', 'teacher.', 'student.'];

/** Prefixes taken off one after the other. Real files have two or three; a hostile name has thousands. */
const MAX_PREFIXES = 8;

/** A flat state dict found in a checkpoint, and how it was found. */
export interface StateDict {
  /** Tensors by their name without wrapper and prefix. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Keys of the dictionaries that it was in, such as `['model']`; empty if the checkpoint is the state dict. */
  readonly wrapper: readonly string[];
  /** What was taken off the front of every name, such as `module.`; empty if nothing was. */
  readonly prefix: string;
  /** Names, as in the checkpoint, of the tensors that are not in this state dict. */
  readonly aside: readonly string[];
}

/**
 * The most likely state dict of a checkpoint that `accepts` (an architecture's recogniser) agrees to; without
 * one, the most likely. Throws `no-state-dict` if the checkpoint has no tensors or none is accepted.
 */
export function findStateDict(
  checkpoint: Checkpoint,
  accepts: (candidate: StateDict) => boolean = () => true,
): StateDict {
  for (const candidate of stateDictCandidates(checkpoint)) if (accepts(candidate)) return candidate;
  const some = [...checkpoint.tensors.keys()].slice(0, 3).join(', ');
  throw new CodedError(
    'no-state-dict',
    some
      ? `No known network was recognised in this checkpoint (it has ${some}, …).`
      : 'This checkpoint has no tensors.',
    'Check that it is a checkpoint of one of the supported networks.',
  );
}

/**
 * All readings of a checkpoint as a state dict, the most likely first: for each wrapper (then the whole
 * file), the names without the prefixes that all of them share, then, for each prefix that only some have,
 * those alone (the backbone of a model with a head).
 */
export function* stateDictCandidates(checkpoint: Checkpoint): Generator<StateDict> {
  const all = [...checkpoint.tensors.values()];
  for (const wrapper of wrappersOf(all)) {
    const inside = new Map<string, CheckpointTensor>();
    for (const tensor of all) {
      if (wrapper.every((key, level) => tensor.path.length > level + 1 && tensor.path[level] === key)) {
        inside.set(tensor.path.slice(wrapper.length).join('.'), tensor);
      }
    }
    yield* withoutPrefixes(all, inside, wrapper, '');
  }
}

/** Wrappers by preference, nested ones by descending; `[]`, the file itself, comes first if tensors lie at its top. */
function wrappersOf(all: readonly CheckpointTensor[]): string[][] {
  const wrappers: string[][] = [];
  const descend = (around: string[], tensors: readonly CheckpointTensor[]) => {
    const depth = around.length;
    const flat = tensors.some((tensor) => tensor.path.length === depth + 1);
    if (flat) wrappers.push(around);
    const keys = new Set(
      tensors.filter((tensor) => tensor.path.length > depth + 1).map((tensor) => tensor.path[depth]!),
    );
    // Of unknown keys only a lone one is a wrapper; several are the parts of one nested state dict.
    const inner = keys.size === 1 ? [...keys] : WRAPPERS.filter((key) => keys.has(key));
    for (const key of inner) {
      descend(
        [...around, key],
        tensors.filter((tensor) => tensor.path.length > depth + 1 && tensor.path[depth] === key),
      );
    }
    if (!flat && keys.size > 1) wrappers.push(around);
  };
  if (all.length > 0) descend([], all);
  return wrappers;
}

function* withoutPrefixes(
  all: readonly CheckpointTensor[],
  inside: ReadonlyMap<string, CheckpointTensor>,
  wrapper: readonly string[],
  taken: string,
  level = 0,
): Generator<StateDict> {
  const names = [...inside.keys()];
  const prefixes = level < MAX_PREFIXES ? PREFIXES : [];
  const shared = prefixes.find((prefix) =>
    names.every((name) => name.length > prefix.length && name.startsWith(prefix)),
  );
  if (shared !== undefined) {
    yield* withoutPrefixes(all, strip(inside, shared), wrapper, taken + shared, level + 1);
    return;
  }
  const kept = new Set(inside.values());
  const aside = all.filter((tensor) => !kept.has(tensor)).map((tensor) => tensor.name);
  yield { tensors: inside, wrapper, prefix: taken, aside };
  for (const prefix of prefixes) {
    const part = strip(inside, prefix);
    if (part.size > 0) yield* withoutPrefixes(all, part, wrapper, taken + prefix, level + 1);
  }
}

/** The tensors whose name begins with `prefix`, without it. */
function strip(tensors: ReadonlyMap<string, CheckpointTensor>, prefix: string): Map<string, CheckpointTensor> {
  const stripped = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    if (name.length > prefix.length && name.startsWith(prefix)) stripped.set(name.slice(prefix.length), tensor);
  }
  return stripped;
}
