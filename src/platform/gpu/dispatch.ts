import type { Size } from '../../core/geometry.ts';
import { type Bindings, type BindingPlaces, bindingEntries } from './bindings.ts';

/** Invocations per workgroup of the passes over a list; WGSL knows it by the same name (createShader). */
export const LINEAR_WORKGROUP = 64;
/** Side of the square workgroup of the passes over a grid; as above. */
export const GRID_WORKGROUP = 8;
/** WebGPU's guaranteed limit of workgroups per dimension. */
const MAX_WORKGROUPS = 65_535;

/**
 * Workgroups for `count` invocations in a list, folded into two dimensions where one is not enough.
 * The shader finds its place by `linearIndex` and must check it against the count.
 */
export function linearWorkgroups(count: number, perGroup = LINEAR_WORKGROUP): [x: number, y: number] {
  const groups = Math.max(1, Math.ceil(count / perGroup));
  const y = Math.ceil(groups / MAX_WORKGROUPS);
  return [Math.ceil(groups / y), y];
}

/** Workgroups that cover a grid with one invocation a place. */
export function gridWorkgroups(grid: Size): [x: number, y: number] {
  return [Math.ceil(grid.width / GRID_WORKGROUP), Math.ceil(grid.height / GRID_WORKGROUP)];
}

/** An entry point of a shader, and where its variables are bound. */
export interface ComputeStep {
  pipeline: GPUComputePipeline;
  places: BindingPlaces;
}

/**
 * Records one compute dispatch; `bindings` by the names of the WGSL's variables, of which those that the entry point does
 * not use are left out. Bind groups are made anew: the passes run once a match or once a change of a setting, mostly on
 * other buffers than the last time.
 *
 * @throws Error naming a binding that is missing or that the WGSL does not have
 */
export function recordCompute(
  encoder: GPUCommandEncoder,
  device: GPUDevice,
  { pipeline, places }: ComputeStep,
  bindings: Bindings,
  workgroups: readonly [number, number],
): void {
  const bindGroup = device.createBindGroup({
    label: pipeline.label,
    layout: pipeline.getBindGroupLayout(0),
    entries: bindingEntries(pipeline.label, places, bindings),
  });
  const pass = encoder.beginComputePass({ label: pipeline.label });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
  pass.end();
}
