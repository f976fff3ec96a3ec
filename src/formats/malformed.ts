import { CodedError } from '../core/errors.ts';

/** Containers and parts that can be malformed; each has the error code `<part>-malformed`. */
export type MalformedPart =
  | 'zip'
  | 'pickle'
  | 'torch'
  | 'safetensors'
  | 'npy'
  | 'tensor'
  | 'share'
  | 'recorded'
  | 'png'
  | 'pfm'
  | 'webp'
  | 'splat'
  | 'camera'
  | 'cameras'
  | 'surfaces'
  | 'set-pair';

/** The error for bytes that break their container's rules: `message` says which rule, where. */
export function malformed(part: MalformedPart, message: string, options?: ErrorOptions): CodedError {
  return new CodedError(
    `${part}-malformed`,
    message,
    'The file is damaged or was not written by a known tool: fetch it again from where it is published.',
    options,
  );
}

/** The error for something that exceeds a limit of limits.ts. */
export function tooLarge(message: string): CodedError {
  return new CodedError('limit-exceeded', message, 'The file is damaged, or far larger than this reader is made for.');
}
