import { type Gpu, requestGpu } from './device.ts';
import { CodedError } from '../../core/errors.ts';

/** The browser's GPU, or why there is none, as a sentence for the person. */
export async function openGpu(): Promise<{ gpu: Gpu | null; reason: string }> {
  if (!navigator.gpu) return { gpu: null, reason: 'This browser has no WebGPU.' };
  try {
    return { gpu: await requestGpu(navigator.gpu), reason: '' };
  } catch (error) {
    return { gpu: null, reason: error instanceof CodedError ? error.message : String(error) };
  }
}
