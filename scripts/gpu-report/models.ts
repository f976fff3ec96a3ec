import { compareOutputs } from '../../src/matching/reference-check/compare.ts';
import { checkOutputs } from '../../src/matching/reference-check/outputs.ts';
import { syntheticPhoto } from '../../src/matching/reference-check/synthetic-pair.ts';
import { disposeDecoded, disposeFeatures, type Matcher } from '../../src/matching/matcher.ts';
import { inputSize } from '../../src/models/input-size.ts';
import { loadMatcher } from '../node/load-matcher.ts';
import { NodeRuntime } from '../node/ort-node.ts';
import { type ModelReport, type StageTime, timed } from './report.ts';

/**
 * A model on onnxruntime's WebGPU provider against its CPU provider, then the time of its stages at these longer sides (none:
 * only compared). What the adapter cannot run is told, not thrown.
 * @param path of its manifest
 */
export async function reportModel(
  path: string,
  sizes: readonly number[],
  runs: number,
  label?: string,
): Promise<ModelReport> {
  const load = async (provider: 'webgpu' | 'cpu') => (await loadMatcher(path, new NodeRuntime(provider))).matcher;
  const cpu = await load('cpu');
  const id = label ?? cpu.manifest.id;
  const outputsOf = (matcher: Matcher) => checkOutputs(matcher, async (tensor) => tensor.data!);
  let webgpu: Matcher | null = null;
  try {
    webgpu = await load('webgpu');
    const check = compareOutputs(await outputsOf(webgpu), await outputsOf(cpu));
    const stages: StageTime[] = [];
    for (const size of sizes) {
      stages.push(...(await timeStages(webgpu, 'webgpu', size, runs)), ...(await timeStages(cpu, 'cpu', size, runs)));
    }
    return { id, check, finding: '', stages };
  } catch (error) {
    return { id, check: null, finding: (error as Error).message.split('\n')[0], stages: [] };
  } finally {
    await webgpu?.release();
    await cpu.release();
  }
}

async function timeStages(
  matcher: Matcher,
  provider: 'webgpu' | 'cpu',
  longSide: number,
  runs: number,
): Promise<StageTime[]> {
  const { input } = matcher.manifest.passes[0];
  const size = inputSize({ width: 4, height: 3 }, input, longSide);
  const { runtime } = matcher;
  const image = (side: 'a' | 'b') => runtime.tensor(syntheticPhoto(side, size, input), [1, 3, size.height, size.width]);
  const [a, b] = [image('a'), image('b')];
  const features = { a: await matcher.encode(0, a), b: await matcher.encode(0, b) };
  const named = { size: `${size.width} × ${size.height}`, provider };
  const encode = await timed(runs, async () => disposeFeatures(await matcher.encode(0, a)));
  const decode = await timed(runs, async () => disposeDecoded(await matcher.decode(0, 'a', features)));
  disposeFeatures(features.a);
  disposeFeatures(features.b);
  return [
    { ...named, stage: 'encode', ...encode },
    { ...named, stage: 'decode', ...decode },
  ];
}
