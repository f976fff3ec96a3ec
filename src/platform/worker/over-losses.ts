import { DeviceLoss } from './worker-client.ts';

/** A worker starts again with its device, and once more without one: whoever loses more is told. */
const MOST = 3;

/**
 * Does something again where the worker lost its graphics device meanwhile; for calls that can be made twice. The loss itself is
 * told by whoever watches the worker.
 */
export async function overLosses<T>(task: () => Promise<T>): Promise<T> {
  for (let losses = 0; ; losses++) {
    try {
      return await task();
    } catch (thrown) {
      if (!(thrown instanceof DeviceLoss) || losses >= MOST) throw thrown;
    }
  }
}
