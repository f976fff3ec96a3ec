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
  for (const limit of RAISED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      label: 'liftmatch',
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits,
    });
  } catch (cause) {
    throw new CodedError(
      'webgpu-no-device',
      `The graphics adapter (${describeAdapter(adapter.info)}) gave no device.`,
      'Close other pages that use the GPU and reload; matching also works on the CPU.',
      { cause },
    );
  }
  return { adapter, device, info: adapter.info, isFallback: isFallbackAdapter(adapter) };
}

/** The adapter's name for a person, as far as the browser tells it. */
export function describeAdapter(info: GPUAdapterInfo): string {
  return info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ') || 'unnamed';
}

/** Browsers before 2025 told this by the adapter, the present specification by its info. */
function isFallbackAdapter(adapter: GPUAdapter): boolean {
  return adapter.info.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false;
}
