import { type Bindings, bindingEntries } from '../../platform/gpu/bindings.ts';
import type { ComputeStep } from '../../platform/gpu/dispatch.ts';
import { createComputeStep, type Shader } from '../../platform/gpu/shader.ts';

/** One dispatch whose bindings are made once and recorded again and again. */
export interface BoundStep {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [number, number];
}

/** @param bindings by the names of the WGSL's variables; those that the entry point does not use are left out */
export function bindStep(
  device: GPUDevice,
  { pipeline, places }: ComputeStep,
  bindings: Bindings,
  workgroups: readonly [number, number],
): BoundStep {
  const group = device.createBindGroup({
    label: pipeline.label,
    layout: pipeline.getBindGroupLayout(0),
    entries: bindingEntries(pipeline.label, places, bindings),
  });
  return { pipeline, group, workgroups };
}

/** Records steps in one pass; WebGPU orders the dispatches of a pass by what they read and write. */
export function recordSteps(pass: GPUComputePassEncoder, steps: readonly BoundStep[]): void {
  for (const { pipeline, group, workgroups } of steps) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...workgroups);
  }
}

/** Entry points of one shader by their names. */
export const stepsOf = <Name extends string>(
  device: GPUDevice,
  shader: Shader,
  names: readonly Name[],
): Record<Name, ComputeStep> =>
  Object.fromEntries(names.map((name) => [name, createComputeStep(device, shader, name)])) as Record<Name, ComputeStep>;
