/**
 * The transferable objects among the properties of a call's argument, and of plain objects right below it (a pair of
 * canvases). Only an OffscreenCanvas must be moved (it cannot be copied); buffers are copied, so that the page keeps
 * what it sent.
 */
export function transferables(argument: object): Transferable[] {
  if (typeof OffscreenCanvas === 'undefined') return [];
  return Object.values(argument)
    .flatMap((value: unknown) => (isPlain(value) ? Object.values(value) : [value]))
    .filter((value): value is OffscreenCanvas => value instanceof OffscreenCanvas);
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
