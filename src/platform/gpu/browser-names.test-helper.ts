/**
 * webgpu-utils names what browsers have and Node may lack: halves, of which no struct of ours holds any, and WebGPU's stages.
 */
const scope = globalThis as { Float16Array?: unknown; GPUShaderStage?: unknown };
scope.Float16Array ??= class Float16Array extends Uint16Array {};
scope.GPUShaderStage ??= { VERTEX: 1, FRAGMENT: 2, COMPUTE: 4 };

export {};
