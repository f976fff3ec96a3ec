import { CodedError } from '../../core/errors.ts';

/** An open device with what is known of the adapter behind it. */
export interface Gpu {
  adapter: GPUAdapter;
  device: GPUDevice;
  info: GPUAdapterInfo;
  /** True where a CPU emulates the GPU (SwiftShader, WARP): right but slow, so models had better run elsewhere. */
  isFallback: boolean;
}

/**
 * Limits raised to the adapter's own. The device is shared with onnxruntime-web, whose kernels are chosen by
 * these; a device with the default limits makes its larger models fail at run.
 */
const RAISED_LIMITS = [
  'maxBindGroups',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxTextureDimension2D',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Features that onnxruntime-web uses where they are present; none is required by our own passes. */
const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const satisfies readonly GPUFeatureName[];

/**
 * Opens the strongest adapter with every limit and feature that the models can use.
 * @throws CodedError `webgpu-no-adapter` or `webgpu-no-device`
 */
export async function requestGpu(gpu: GPU): Promise<Gpu> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new CodedError(
      'webgpu-no-adapter',
      'The browser has WebGPU but found no graphics adapter for it.',
      'Switch on hardware acceleration in the browser’s settings, or go on without: matching also works on the CPU.',
    );
  }
  const requiredLimits: Record<string, number> = {};
  // A browser may not know every limit: asking for one that it does not have would be refused.
  for (const limit of RAISED_LIMITS) if (adapter.limits[limit]) requiredLimits[limit] = adapter.limits[limit];
  // Browsers before 2025 tell it only when asked.
  const info = adapter.info ?? ({ vendor: '', architecture: '', device: '', description: '' } as GPUAdapterInfo);
  let device: GPUDevice;
  try {
    const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
    device = await adapter.requestDevice({ label: 'liftmatch', requiredFeatures, requiredLimits }).catch(async () => {
      // An adapter may promise more than its driver keeps. The least that WebGPU asks for is enough at the usual sizes; an adapter
      // that was asked once may be used up.
      const again = await gpu.requestAdapter({ powerPreference: 'high-performance' });
      return (again ?? adapter).requestDevice({ label: 'liftmatch' });
    });
  } catch (cause) {
    throw new CodedError(
      'webgpu-no-device',
      `The graphics adapter (${describeAdapter(info)}) gave no device.`,
      'Close other pages that use the GPU and reload; matching also works on the CPU.',
      { cause },
    );
  }
  return { adapter, device, info, isFallback: isFallbackAdapter(adapter) };
}

/** The adapter's name for a person, as far as the browser tells it. */
export function describeAdapter(info: GPUAdapterInfo): string {
  return info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ') || 'unnamed';
}

/** Browsers before 2025 told this by the adapter, the present specification by its info. */
function isFallbackAdapter(adapter: GPUAdapter): boolean {
  return adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false;
}
