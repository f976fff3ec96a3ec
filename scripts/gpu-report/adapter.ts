import { describeAdapter } from '../../src/platform/gpu/device.ts';
import { TestGpu } from '../../src/platform/gpu/testing/dawn.ts';
import type { GpuReport } from './report.ts';

/** The adapter that Dawn takes here, with its features and limits. */
export async function reportAdapter(): Promise<GpuReport['adapter']> {
  const test = await TestGpu.open();
  const { adapter, info, isFallback } = test.gpu;
  const limits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  const described = { name: describeAdapter(info), isFallback, features: [...adapter.features].sort(), limits };
  test.close();
  return described;
}
