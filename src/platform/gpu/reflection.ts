// The order matters: the stand-in must be there when webgpu-utils is loaded.
import './float16-array.ts';

export { makeShaderDataDefinitions, makeStructuredView } from 'webgpu-utils';
export type { ShaderDataDefinitions, StructuredView } from 'webgpu-utils';
