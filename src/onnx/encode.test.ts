import { describe, expect, it } from 'vitest';
import type { ByteSink } from '../core/byte-sink.ts';
import { MemorySink } from '../core/byte-sink.ts';
import { encodeModel } from './encode.ts';
import { GraphBuilder } from './graph-builder.ts';
import * as op from './ops.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { collectData, noise, tensorOf } from './run-in-node.test-helper.ts';
import * as ort from 'onnxruntime-node';

/** Three weights of 1,200 bytes each, added up. */
function threeWeights(): { g: GraphBuilder; sum: Float32Array } {
  const g = new GraphBuilder({ name: 'three' });
  const all = [1, 2, 3].map((seed) => noise(300, seed));
  const weights = all.map((values, i) => g.weight(tensorOf(`weight.${i}`, [300], values)));
  g.output(
    'sum',
    weights.reduce((sum, weight) => op.add(g, sum, weight), g.input('x', 'float32', [300])),
  );
  return { g, sum: all[0].map((value, i) => value + all[1][i] + all[2][i]) };
}

describe('encodeModel', () => {
  it('aligns weights in one file, and goes on in another when that is full', async () => {
    const { g, sum } = threeWeights();
    expect((await encodeModel(g, 'w.data')).dataFiles).toEqual([{ name: 'w.data', bytes: 2 * 1216 + 1200 }]);
    const model = await encodeModel(g, 'w.data', 2500);
    expect(model.dataFiles).toEqual([
      { name: 'w.data', bytes: 1216 + 1200 },
      { name: 'w.data.1', bytes: 1200 },
    ]);
    const externalData = [...(await collectData(model))].map(([path, data]) => ({ path, data }));
    const session = await ort.InferenceSession.create(model.graph, { externalData });
    const out = await session.run({ x: new ort.Tensor('float32', new Float32Array(300), [300]) });
    for (const [i, value] of (out.sum.data as Float32Array).entries()) expect(value).toBeCloseTo(sum[i], 6);
  });

  it('refuses a weight that no file can hold', async () => {
    await expect(encodeModel(threeWeights().g, 'w.data', 1100)).rejects.toMatchObject({ code: 'weight-too-large' });
  });

  it('reads one tensor at a time, in file order, and tells the sink when a read fails', async () => {
    const g = new GraphBuilder({ name: 'failing' });
    const loaded: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      g.initializer(name, 'float32', [400], async () => {
        loaded.push(name);
        if (name === 'second') throw new Error('disk gone');
        return new Uint8Array(1600);
      });
    }
    let aborted = 0;
    const sink: ByteSink = { write: async () => {}, close: async () => {}, abort: async () => void (aborted += 1) };
    await expect((await encodeModel(g, 'w.data')).writeData(async () => sink)).rejects.toThrow('disk gone');
    expect([loaded, aborted]).toEqual([['first', 'second'], 1]);
  });

  it('refuses bytes that do not fill the declared shape', async () => {
    const g = new GraphBuilder({ name: 'short' });
    g.initializer('weight', 'float32', [400], () => new Uint8Array(1599));
    const writing = (await encodeModel(g, 'w.data')).writeData(async () => new MemorySink());
    await expect(writing).rejects.toThrow(/1599 bytes for float32\[400\]/);
  });
});

describe('ProtobufWriter', () => {
  it('writes varints as the format’s own examples do, and negative ones in ten bytes', () => {
    expect([...new ProtobufWriter().int(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtobufWriter().string(2, 'testing').finish()]).toEqual([
      0x12, 7, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
    ]);
    expect(new ProtobufWriter().int(1, -1).finish().byteLength).toBe(11);
    expect([...new ProtobufWriter().message(3, new ProtobufWriter().int(1, 150)).finish()]).toEqual([
      0x1a, 3, 0x08, 0x96, 0x01,
    ]);
  });
});
