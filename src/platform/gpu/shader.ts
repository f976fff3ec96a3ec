import { bindingPlaces } from './bindings.ts';
import { type ComputeStep, GRID_WORKGROUP, LINEAR_WORKGROUP } from './dispatch.ts';
import { reflect, type Reflection } from './reflection.ts';
import { CodedError } from '../../core/errors.ts';

/** A compiled WGSL module with the reflection of its structs (see uniforms.ts). */
export interface Shader {
  label: string;
  module: GPUShaderModule;
  definitions: Reflection;
}

/**
 * The places of `values` in their list as WGSL names: `SWIPE` of `COMPARE_MODES` becomes `COMPARE_SWIPE` with the prefix
 * `COMPARE`.
 */
export const enumNames = (prefix: string, values: readonly string[]): Record<string, number> =>
  Object.fromEntries(values.map((value, i) => [`${prefix}_${value.replaceAll('-', '_').toUpperCase()}`, i]));

/** What every module may name. */
const WORKGROUPS = { LINEAR_WORKGROUP, GRID_WORKGROUP };

/** Abstract numbers: each use takes the type that it needs. */
const namedConstants = (names: Readonly<Record<string, number>>): string =>
  Object.entries(names)
    .map(([name, value]) => `const ${name} = ${value};`)
    .join('\n');

/** Checks that are still under way, by device. WebGPU reports shader and pipeline errors late. */
const pendingChecks = new WeakMap<GPUDevice, Promise<void>[]>();

/**
 * A module from WGSL, as the import of a .wgsl file gives it (with all that it imports).
 * Returns at once; errors in the WGSL surface from {@link shadersReady}, named by `label`.
 *
 * @param names numbers that both sides speak of: they are constants of the module, so that TypeScript alone says them
 */
export function createShader(
  device: GPUDevice,
  label: string,
  wgsl: string,
  names: Readonly<Record<string, number>> = {},
): Shader {
  const code = `${namedConstants({ ...WORKGROUPS, ...names })}\n${wgsl}`;
  // The scope catches the validation error that says the same as the compilation messages, with less care.
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label, code });
  const validation = device.popErrorScope();
  addCheck(device, checkCompilation(label, module, code, validation));
  return { label, module, definitions: reflect(code) };
}

/**
 * A compute pipeline with automatic layout; `constants` are the WGSL's override declarations. Validation
 * errors surface from {@link shadersReady}.
 */
export function createComputePipeline(
  device: GPUDevice,
  shader: Shader,
  entryPoint: string,
  constants?: Record<string, number>,
): GPUComputePipeline {
  const label = `${shader.label}/${entryPoint}`;
  const compute = { module: shader.module, entryPoint, constants };
  return checked(device, label, () => device.createComputePipeline({ label, layout: 'auto', compute }));
}

/** {@link createComputePipeline} with the places of what it binds, for recordCompute. */
export function createComputeStep(
  device: GPUDevice,
  shader: Shader,
  entryPoint: string,
  constants?: Record<string, number>,
): ComputeStep {
  return {
    pipeline: createComputePipeline(device, shader, entryPoint, constants),
    places: bindingPlaces(shader.definitions, [entryPoint]),
  };
}

/** A render pipeline; validation errors surface from {@link shadersReady}. */
export function createRenderPipeline(device: GPUDevice, descriptor: GPURenderPipelineDescriptor): GPURenderPipeline {
  return checked(device, descriptor.label ?? 'render pipeline', () => device.createRenderPipeline(descriptor));
}

/**
 * Resolves when every shader and pipeline made on `device` so far is known to be good.
 * @throws CodedError `shader-invalid`, naming the pass and the line
 */
export async function shadersReady(device: GPUDevice): Promise<void> {
  const checks = pendingChecks.get(device) ?? [];
  pendingChecks.delete(device);
  // A shader's check lies before those of its pipelines and says more: the first in order, not in time, is thrown.
  const outcomes = await Promise.allSettled(checks);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}

function checked<T>(device: GPUDevice, label: string, create: () => T): T {
  // Pushed and popped without an await between: onnxruntime uses error scopes on the same device.
  device.pushErrorScope('validation');
  const created = create();
  addCheck(
    device,
    device.popErrorScope().then((error) => {
      if (error) throw shaderError(label, error.message);
    }),
  );
  return created;
}

function addCheck(device: GPUDevice, check: Promise<void>): void {
  // A check may fail before anybody awaits it; that is no unhandled rejection.
  check.catch(() => {});
  const checks = pendingChecks.get(device);
  if (checks) checks.push(check);
  else pendingChecks.set(device, [check]);
}

async function checkCompilation(
  label: string,
  module: GPUShaderModule,
  code: string,
  validation: Promise<GPUError | null>,
): Promise<void> {
  const [{ messages }, invalid] = await Promise.all([module.getCompilationInfo(), validation]);
  const errors = messages.filter((message) => message.type === 'error');
  if (!errors.length) {
    if (invalid) throw shaderError(label, invalid.message);
    return;
  }
  const lines = code.split('\n');
  const report = errors.map(({ lineNum, message }) => `${message} (at “${lines[lineNum - 1]?.trim() ?? ''}”)`);
  throw shaderError(label, report.join('; '));
}

function shaderError(label: string, message: string): CodedError {
  return new CodedError(
    'shader-invalid',
    `The GPU refused the pass “${label}”: ${message}`,
    'Update the browser and the graphics driver; if it stays, please report it with the adapter’s name.',
  );
}
