import { partMissing, toPlainError } from '../../core/errors.ts';
import { serving } from '../worker/serving.ts';
import type { Gpu } from './device.ts';

/** A device that somebody waits for is asked this often whether it has done its work, milliseconds. */
const BEAT = 1000;

/**
 * So many beats without an answer are a device that hangs. An emulated one that runs models may have a whole network in its queue. A worker's own
 * long sums hold the beats up, too: only time in which an answer could have been heard counts.
 */
const PATIENCE = { usual: 60, emulatedModels: 600 } as const;

/** A failure may arrive before the loss that it comes of: for so long it waits to be told after it, milliseconds. */
const LOSS_IS_LATE = 100;

/** How each watched device is given up. */
const watched = new Map<GPUDevice, (reason: string) => void>();

/** Somebody who used a device knows that nothing more is to be hoped of it. */
export const giveUpDevice = (device: GPUDevice, reason: string): void => watched.get(device)?.(reason);

/**
 * Tells once, by `onLost`, when nothing more is to be hoped of a device: it is lost (whoever destroyed it), it does not answer,
 * or it reports an error that nobody asked for (out of memory, a command that it dropped): what it draws or computes from then
 * on may be blank or old.
 * @returns tells the loss of a device of which its user knows as much
 */
export function watchDevice(
  { device, isFallback }: Pick<Gpu, 'device' | 'isFallback'>,
  onLost: (reason: string) => void,
  { runsModels = true } = {},
): (reason: string) => void {
  const patience = isFallback && runsModels ? PATIENCE.emulatedModels : PATIENCE.usual;
  let isAsked = false;
  let silent = 0;
  const lose = (reason: string) => {
    if (!watched.delete(device)) return;
    clearInterval(timer);
    device.removeEventListener('uncapturederror', onError);
    onLost(reason);
  };
  const onError = ({ error }: GPUUncapturedErrorEvent) => lose(describeError(error));
  const timer = setInterval(() => {
    if (serving.calls === 0 || !isAsked) silent = 0;
    else if (++silent >= patience) lose(`it has not answered for ${Math.round((patience * BEAT) / 1000)} seconds`);
    if (serving.calls === 0 || isAsked) return;
    isAsked = true;
    const answered = () => (isAsked = false);
    device.queue.onSubmittedWorkDone().then(answered, answered);
  }, BEAT);
  watched.set(device, lose);
  device.addEventListener('uncapturederror', onError);
  void device.lost.then(({ message, reason }) => lose(message || reason));
  return lose;
}

/** Watches a device from before its first use: where that fails (a driver cannot compile a pass), it is as good as lost. */
export async function takeDevice<T>(
  gpu: Pick<Gpu, 'device' | 'isFallback'>,
  onLost: (reason: string) => void,
  setUp: () => T | Promise<T>,
  uses?: { runsModels: boolean },
): Promise<T> {
  const lose = watchDevice(gpu, onLost, uses);
  try {
    return await setUp();
  } catch (thrown) {
    const { code, message } = toPlainError(partMissing(thrown));
    // A part of the app that was not there says nothing of the device.
    if (code !== 'part-missing') lose(message);
    throw thrown;
  }
}

/** Waits, where a device is watched, until a loss that has just happened has been told. */
export async function lossesTold(): Promise<void> {
  if (!watched.size) return;
  await Promise.race([
    ...[...watched.keys()].map(({ lost }) => lost),
    new Promise((resolve) => setTimeout(resolve, LOSS_IS_LATE)),
  ]);
}

function describeError(error: GPUError): string {
  // Names of the classes are missing where WebGPU is, so that instanceof would throw.
  const isMemory = error.constructor.name === 'GPUOutOfMemoryError';
  const message = error.message.split('\n')[0].slice(0, 200);
  return isMemory ? `its memory is full${message && `: ${message}`}` : `it reports an error: ${message}`;
}
