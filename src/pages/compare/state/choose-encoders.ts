import type { EncoderInfo } from '../contract.ts';
import { MAX_COLUMNS } from '../settings.ts';

/**
 * The wanted columns as far as they are there; where none is, the networks, two strides of the matcher, the classical.
 * @param mayCome an encoder that is not there may still be listed (installed models are known later): it is kept
 */
export function chooseEncoders(
  wanted: readonly string[] | null,
  available: readonly EncoderInfo[],
  mayCome: boolean,
): string[] {
  const isThere = (id: string) => available.some((encoder) => encoder.id === id);
  if (wanted?.some((id) => mayCome || isThere(id))) return wanted.filter((id) => mayCome || isThere(id));
  const of = (kind: EncoderInfo['source']['kind']) => available.filter(({ source }) => source.kind === kind);
  const networks = of('network').slice(0, 2);
  // One feature of each stride: others of the same stride serve the decoder.
  const stages = of('stage').filter(({ stride }, i, all) => all.findIndex((other) => other.stride === stride) === i);
  const chosen = [...networks, ...stages.slice(0, networks.length > 1 ? 1 : 2), ...of('classical')];
  return chosen.slice(0, MAX_COLUMNS).map(({ id }) => id);
}
