import { CodedError } from '../core/errors.ts';
import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { FAMILIES } from './index.ts';
import type { DetectedNetwork } from './plan.ts';
import type { Branch } from './weights.ts';

/**
 * The networks in a state dict, recognised by their tensors, outermost first. Names of files play no part.
 * @param branch which of a student and a teacher, where the file holds both; by default what their authors evaluate
 */
export function detectNetworks(tensors: ReadonlyMap<string, CheckpointTensor>, branch?: Branch): DetectedNetwork[] {
  return FAMILIES.flatMap((family) => {
    // Of a teacher and a student, or several copies, only the first in rank is converted.
    const [prefix, ...others] = family.locate(tensors, branch);
    return prefix === undefined ? [] : [{ family, prefix, others }];
  });
}

/** The error for a file in which no network that we know was found, with the names that it has. */
export function unrecognised(file: string, tensors: ReadonlyMap<string, CheckpointTensor>): CodedError {
  const names = [...tensors.keys()].slice(0, 3).map((name) => `"${name}"`);
  const examples = names.length > 0 ? ` Its tensors begin with ${names.join(', ')}.` : ' It holds no tensors.';
  return new CodedError(
    'architecture-unknown',
    `${file} holds no network that can be converted: ${FAMILIES.map(({ title }) => `no ${title}`).join(', ')}.${examples}`,
    'Choose one of the checkpoints that the Models panel lists, or another of the same families.',
  );
}
