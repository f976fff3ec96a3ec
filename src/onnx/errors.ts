import { CodedError } from '../core/errors.ts';

/** An architecture asked the builder for something that ONNX would refuse: a bug of ours, named at its place. */
export function graphError(op: string, message: string): CodedError {
  return new CodedError(
    'graph-invalid',
    `${op}: ${message}`,
    'This is a bug in the converter; please report it with the checkpoint’s name.',
  );
}
