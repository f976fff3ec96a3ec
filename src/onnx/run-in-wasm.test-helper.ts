import * as ort from 'onnxruntime-web';
import { encodeModel } from './encode.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { RanOutput } from './run-in-node.test-helper.ts';
import { collectData } from './run-in-node.test-helper.ts';

/** Runs a graph with float32 inputs and outputs on onnxruntime-web's WASM provider, in Node. Tests only. */
export async function runInWasm(
  g: GraphBuilder,
  feeds: Record<string, Float32Array>,
): Promise<Record<string, RanOutput>> {
  const opened = await openInWasm(g);
  try {
    return await opened.run(feeds);
  } finally {
    await opened.close();
  }
}

/** The same for graphs that run more than once. */
export async function openInWasm(g: GraphBuilder) {
  ort.env.wasm.numThreads = 1;
  const model = await encodeModel(g, 'weights.data');
  const externalData = [...(await collectData(model))].map(([path, data]) => ({ path, data }));
  const session = await ort.InferenceSession.create(model.graph, { executionProviders: ['wasm'], externalData });
  return {
    async run(feeds: Record<string, Float32Array>): Promise<Record<string, RanOutput>> {
      const inputs = g.inputs.map(({ name, shape }) => [name, new ort.Tensor('float32', feeds[name], shape)] as const);
      const results = await session.run(Object.fromEntries(inputs));
      return Object.fromEntries(
        Object.entries(results).map(([name, { dims, type, data }]) => [
          name,
          { shape: dims, type, values: data as Float32Array },
        ]),
      );
    },
    close: () => session.release(),
  };
}
