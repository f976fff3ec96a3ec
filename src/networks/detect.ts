import type { CheckpointTensor } from '../formats/arrays/tensor.ts';
import { CodedError } from '../core/errors.ts';
import { findPrefixes } from './weights.ts';

export type ArchitectureKind = 'matcher' | 'vit' | 'depth';

/** A network found in a state dict: what it is, and the prefix under which its tensors sit. */
export interface DetectedNetwork {
  readonly kind: ArchitectureKind;
  readonly prefix: string;
}

/**
 * Tensors that a network of each kind must have, the first of which locates it. In this order: a depth
 * network and some matchers contain a ViT.
 */
const MARKS: readonly (readonly [ArchitectureKind, readonly string[]])[] = [
  ['depth', ['pretrained.patch_embed.proj.weight', 'depth_head.projects.0.weight']],
  ['matcher', ['encoder.cnn.layers.0.weight', 'decoder.gps.16.pos_conv.weight']],
  ['vit', ['patch_embed.proj.weight', 'cls_token', 'pos_embed', 'norm.weight']],
];

/** The networks in a state dict, recognised by their tensors, outermost kind first. Names of files play no part. */
export function detectNetworks(tensors: ReadonlyMap<string, CheckpointTensor>): DetectedNetwork[] {
  return MARKS.flatMap(([kind, [first, ...others]]) => {
    const prefixes = findPrefixes(tensors, first).filter((prefix) =>
      others.every((name) => tensors.has(prefix + name)),
    );
    // Of a teacher and a student, or several copies, only the first in rank is converted.
    return prefixes.slice(0, 1).map((prefix) => ({ kind, prefix }));
  });
}

/** The error for a file in which no network that we know was found, with the names that it has. */
export function unrecognised(file: string, tensors: ReadonlyMap<string, CheckpointTensor>): CodedError {
  const names = [...tensors.keys()].slice(0, 3).map((name) => `"${name}"`);
  const examples = names.length > 0 ? ` Its tensors begin with ${names.join(', ')}.` : ' It holds no tensors.';
  return new CodedError(
    'architecture-unknown',
    `${file} holds no network that can be converted: no matcher of the RoMa family, no DINOv2-style ViT, no Depth Anything V2.${examples}`,
    'Choose one of the checkpoints that the Models panel lists, or another of the same families.',
  );
}
