import { CodedError } from '../../src/core/errors.ts';
import { describeAdapter } from '../../src/platform/gpu/device.ts';
import { TestGpu } from '../../src/platform/gpu/testing/dawn.ts';
import type { GpuReport } from './report.ts';

/**
 * The adapter that Dawn takes here, with its features and limits.
 * @throws CodedError `gpu-missing`
 */
export async function reportAdapter({ isEmulated }: { isEmulated: boolean }): Promise<GpuReport['adapter']> {
  const test = await TestGpu.open().catch((cause: unknown) => {
    throw isEmulated
      ? new CodedError(
          'gpu-missing',
          'No software adapter was found: --emulated takes the one that comes with Chromium.',
          'Install Chromium, or set VK_ICD_FILENAMES to its vk_swiftshader_icd.json.',
          { cause },
        )
      : new CodedError(
          'gpu-missing',
          'No graphics adapter was found on this machine.',
          'Install the card’s driver with Vulkan and its loader (Debian: libvulkan1; in a container: also the driver’s libraries), ' +
            'or take --emulated where Chromium is installed.',
          { cause },
        );
  });
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
