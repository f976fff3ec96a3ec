import { createComputePipeline, type Shader } from '../../platform/gpu/shader.ts';

/** One dispatch whose pipeline and bindings are made once and recorded again and again. */
export interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number];
}

/** @param bindings in the order of @binding in group 0; null where the entry point does not use one */
export function createStep(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  bindings: readonly (GPUBindingResource | null)[],
  workgroups: readonly [number, number],
): Step {
  const group = device.createBindGroup({
    label: pipeline.label,
    layout: pipeline.getBindGroupLayout(0),
    entries: bindings.flatMap((resource, binding) => (resource ? [{ binding, resource }] : [])),
  });
  return { pipeline, group, workgroups };
}

/** Records steps in one pass; WebGPU orders the dispatches of a pass by what they read and write. */
export function recordSteps(pass: GPUComputePassEncoder, steps: readonly Step[]): void {
  for (const { pipeline, group, workgroups } of steps) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...workgroups);
  }
}

export const pipelinesOf = <Name extends string>(
  device: GPUDevice,
  shader: Shader,
  names: readonly Name[],
): Record<Name, GPUComputePipeline> =>
  Object.fromEntries(names.map((name) => [name, createComputePipeline(device, shader, name)])) as Record<
    Name,
    GPUComputePipeline
  >;
