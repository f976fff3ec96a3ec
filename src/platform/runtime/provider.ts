import type { Provider, ProviderChoice } from '../../core/match.ts';

/**
 * Where the models run, and why, as a sentence for the person. `auto` takes the GPU unless a CPU plays it: an emulated
 * adapter took 70 s for a pair that WASM matched in about one.
 */
export function chooseProvider(
  choice: ProviderChoice,
  adapter: { isFallback: boolean; name: string } | null,
  noAdapterReason: string,
): { provider: Provider; reason: string } {
  if (!adapter) {
    const asked = choice === 'webgpu' ? ' WebGPU was asked for, but' : '';
    return { provider: 'wasm', reason: `Models run on the CPU.${asked} ${noAdapterReason}`.trim() };
  }
  if (choice === 'webgpu') return { provider: 'webgpu', reason: `Models run on WebGPU, as chosen (${adapter.name}).` };
  if (choice === 'wasm') return { provider: 'wasm', reason: 'Models run on the CPU, as chosen; the GPU draws.' };
  if (adapter.isFallback) {
    return {
      provider: 'wasm',
      reason: `Models run on the CPU: the graphics adapter (${adapter.name}) is emulated and would be slower.`,
    };
  }
  return { provider: 'webgpu', reason: `Models run on the GPU (${adapter.name}).` };
}
