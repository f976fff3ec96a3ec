import { CodedError } from '../../core/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { MAX_PICKLE_BYTES } from '../limits.ts';
import { malformed, tooLarge } from '../malformed.ts';
import { unpickle } from './pickle.ts';
import type { Checkpoint } from '../arrays/tensor.ts';
import { collectTensors } from './torch-collect.ts';
import { torchPolicy } from './torch-objects.ts';
import type { ZipArchive } from '../archives/zip.ts';
import { openZip } from '../archives/zip.ts';

const PICKLE = 'data.pkl';

/**
 * Opens what `torch.save` writes since PyTorch 1.6: a zip with `<name>/data.pkl` and one entry a storage,
 * `<name>/data/<key>`. Only the directory and the pickle are read; tensors read their part of a storage when
 * asked. (Archives whose storages were deflated by someone afterwards work too, slower.) The archive's
 * checksums are not compared: PyTorch can be told to write none, and checking would read whole files.
 */
export async function openTorchZip(source: ByteSource): Promise<Checkpoint> {
  const archive = await openZip(source);
  const prefix = findPrefix(archive);
  await refuseBigEndian(archive, prefix);
  const entry = archive.get(prefix + PICKLE)!;
  if (entry.size > MAX_PICKLE_BYTES) throw tooLarge(`A pickle of ${entry.size} bytes.`);
  const { value } = unpickle(await entry.source().read(0, entry.size), torchPolicy);
  const storages = new Map<string, ByteSource>();
  const findStorage = (key: string) => {
    if (!storages.has(key)) {
      const found = archive.get(`${prefix}data/${key}`);
      if (found) storages.set(key, found.source());
    }
    return storages.get(key);
  };
  return { format: 'torch-zip', ...collectTensors(value, findStorage) };
}

/** The folder that holds the pickle: torch.save names it after the file. */
function findPrefix(archive: ZipArchive): string {
  const pickles = [...archive.keys()].filter((name) => name === PICKLE || name.endsWith(`/${PICKLE}`));
  const prefix = pickles.toSorted((a, b) => a.length - b.length)[0]?.slice(0, -PICKLE.length);
  if (prefix === undefined) {
    throw malformed('torch', `The archive has no ${PICKLE}: it is a zip file, but not a PyTorch checkpoint.`);
  }
  if (archive.has(`${prefix}constants.pkl`)) {
    throw new CodedError(
      'unsupported-checkpoint',
      'This is a TorchScript program, not a dictionary of weights.',
      'Save torch.jit.load(file).state_dict() in PyTorch and use that file.',
    );
  }
  return prefix;
}

async function refuseBigEndian(archive: ZipArchive, prefix: string): Promise<void> {
  const entry = archive.get(`${prefix}byteorder`);
  if (!entry || entry.size > 16) return;
  const order = new TextDecoder().decode(await entry.source().read(0, entry.size));
  if (order.trim() === 'big') {
    throw new CodedError(
      'unsupported-checkpoint',
      'This checkpoint was written on a big-endian machine.',
      'Load it and save it again with PyTorch on a usual machine.',
    );
  }
}
