/**
 * The transferable objects among the direct properties of a call's argument. Only an OffscreenCanvas must be
 * moved (it cannot be copied); buffers are copied, so that the page keeps what it sent.
 */
export function transferables(argument: object): Transferable[] {
  if (typeof OffscreenCanvas === 'undefined') return [];
  return Object.values(argument).filter((value): value is OffscreenCanvas => value instanceof OffscreenCanvas);
}
