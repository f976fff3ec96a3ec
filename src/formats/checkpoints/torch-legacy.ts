import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { sliceSource } from '../byte-source.ts';
import { itemBytes } from '../arrays/dtype.ts';
import { MAX_PICKLE_BYTES, PICKLE_WINDOW_BYTES } from '../limits.ts';
import { malformed } from '../malformed.ts';
import type { Unpickled } from './pickle.ts';
import { unpickle } from './pickle.ts';
import type { PicklePolicy, PickleValue } from './pickle-values.ts';
import type { Checkpoint } from '../arrays/tensor.ts';
import { collectTensors } from './torch-collect.ts';
import { TorchStorage, torchPolicy } from './torch-objects.ts';

/** torch.serialization.MAGIC_NUMBER, the first pickle of the file. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/**
 * Opens what `torch.save` wrote before PyTorch 1.6 (and still does on request): five pickles (magic number,
 * protocol, system, object, storage keys), then for each key an int64 count of elements and the elements.
 */
export async function openTorchLegacy(source: ByteSource): Promise<Checkpoint> {
  const types = new Map<string, TorchStorage>();
  const policy = rememberStorages(types);
  const magic = await unpickleAt(source, 0, policy);
  if (magic.value !== MAGIC_NUMBER) throw malformed('torch', 'The file does not begin with PyTorch’s magic number.');
  const protocol = await unpickleAt(source, magic.end, policy);
  if (protocol.value !== PROTOCOL_VERSION) {
    throw malformed('torch', `The file has the unknown protocol ${describe(protocol.value)}.`);
  }
  const system = await unpickleAt(source, protocol.end, policy);
  refuseBigEndian(system.value);
  const object = await unpickleAt(source, system.end, policy);
  const keys = await unpickleAt(source, object.end, policy);
  const storages = await locateStorages(source, keys, types);
  return { format: 'torch-legacy', ...collectTensors(object.value, (key) => storages.get(key)) };
}

/** The policy of all PyTorch files, which also remembers each storage's type: their sizes count elements. */
function rememberStorages(types: Map<string, TorchStorage>): PicklePolicy {
  return {
    call: torchPolicy.call,
    persistent(id) {
      const storage = torchPolicy.persistent(id);
      if (storage instanceof TorchStorage) types.set(storage.key, storage);
      return storage;
    },
  };
}

/** A pickle whose length nothing says: read a window, and a larger one if the pickle goes on. */
async function unpickleAt(source: ByteSource, begin: number, policy: PicklePolicy): Promise<Unpickled> {
  for (let window = PICKLE_WINDOW_BYTES; ; window *= 4) {
    const bytes = await source.read(begin, Math.min(begin + Math.min(window, MAX_PICKLE_BYTES), source.size));
    try {
      const { value, end } = unpickle(bytes, policy);
      return { value, end: begin + end };
    } catch (thrown) {
      const wantsMore = thrown instanceof CodedError && thrown.code === 'truncated';
      if (!wantsMore || begin + window >= source.size || window >= MAX_PICKLE_BYTES) throw thrown;
    }
  }
}

/** In the order of the keys, each behind its count of elements. */
async function locateStorages(
  source: ByteSource,
  keys: Unpickled,
  types: ReadonlyMap<string, TorchStorage>,
): Promise<Map<string, ByteSource>> {
  if (!Array.isArray(keys.value)) throw malformed('torch', 'The file has no list of storages.');
  const storages = new Map<string, ByteSource>();
  let position = keys.end;
  for (const key of keys.value) {
    const type = types.get(String(key));
    // Without its type the length is unknown, and so is where the next one begins.
    if (typeof key === 'object' || !type || type.dtype === undefined) {
      throw malformed('torch', `The file has a storage ${describe(key)} of unknown type.`);
    }
    const count = new DataView((await source.read(position, position + 8)).buffer).getBigInt64(0, true);
    if (count < 0n || count > BigInt(source.size)) {
      throw malformed('torch', `Storage ${describe(key)} says that it has ${count} elements.`);
    }
    const begin = position + 8;
    position = begin + Number(count) * (type.dtype === null ? 1 : itemBytes(type.dtype));
    storages.set(String(key), sliceSource(source, begin, position));
  }
  return storages;
}

function refuseBigEndian(system: PickleValue): void {
  if (system instanceof Map && system.get('little_endian') === false) {
    throw new CodedError(
      'unsupported-checkpoint',
      'This checkpoint was written on a big-endian machine.',
      'Load it and save it again with PyTorch on a usual machine.',
    );
  }
}

function describe(value: PickleValue): string {
  return typeof value === 'object' ? 'object' : String(value);
}
