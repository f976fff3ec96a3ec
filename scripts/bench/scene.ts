import { LookKernels, SplatLook } from '../../src/compute/splats/look/gpu.ts';
import { MeasureKernels, SplatMeasure } from '../../src/compute/splats/measure/gpu.ts';
import { ProjectKernels, SplatScene } from '../../src/compute/splats/scene.ts';
import { RadixSort, SortKernels } from '../../src/compute/splats/sort/gpu.ts';
import { recordSteps } from '../../src/compute/splats/step.ts';
import type { DatasetSink } from '../../src/exports/dataset/sink.ts';
import { exportSceneDataset } from '../../src/exports/scene-dataset/export-scene.ts';
import { activate } from '../../src/gaussians/activate.ts';
import type { SplatCamera } from '../../src/gaussians/camera.ts';
import { DepthOrder } from '../../src/gaussians/order.ts';
import { chooseDepthRule, trustedDepth } from '../../src/gaussians/pairs/depth-rule.ts';
import { labelSide } from '../../src/gaussians/pairs/labels.ts';
import { endPointErrors, measureLabels, spread } from '../../src/gaussians/pairs/measures.ts';
import { aside, PROOF_SCENES, proofCamera, trueWarp } from '../../src/gaussians/pairs/proof-scenes.test-helper.ts';
import { DEPTH_KINDS, renderSplats } from '../../src/gaussians/raster/render.ts';
import { sceneStatistics } from '../../src/gaussians/statistics.ts';
import { PLAIN_TAGS } from '../../src/gaussians/table.ts';
import { seededRandom } from '../../src/geometry/random.ts';
import { ballOfGaussians } from '../gpu-report/frames.ts';
import { describeAdapter } from '../../src/platform/gpu/device.ts';
import { TestGpu } from '../../src/platform/gpu/testing/dawn.ts';

/** End-point errors in pixels (160 × 120, 15° aside) of labels by every depth, over the places that may be trusted. */
export function measureTruth(): void {
  console.log(
    'scene'.padEnd(12),
    ...DEPTH_KINDS.map((kind) => kind.padStart(12)),
    '      chosen   cycle  epipolar   kept',
  );
  for (const [name, make] of Object.entries(PROOF_SCENES)) {
    const scene = make();
    const gaussians = activate(scene.table);
    const [a, b] = [proofCamera(), aside(proofCamera(), 15)];
    const [mapsA, mapsB] = [renderSplats(gaussians, a), renderSplats(gaussians, b)];
    const truth = trueWarp(scene, a, b).warp;
    const { rule } = chooseDepthRule(sceneStatistics(scene.table), PLAIN_TAGS);
    // The same places for every depth: those that the chosen one may be trusted at, and every cycle.
    const trusted = trustedDepth(mapsA, rule).trusted;
    const free = { maxDepthDifference: Infinity, maxCycle: Infinity, maxShift: Infinity };
    const errors = DEPTH_KINDS.map((kind) => {
      const depth = { width: a.width, height: a.height, depth: mapsA.depth[kind], trusted };
      const there = { width: b.width, height: b.height, depth: mapsB.depth[kind], trusted };
      return spread(endPointErrors(labelSide({ camera: a, depth }, { camera: b, depth: there }, free), truth, b)).mean;
    });
    const labels = labelSide(
      { camera: a, depth: trustedDepth(mapsA, rule) },
      { camera: b, depth: trustedDepth(mapsB, rule) },
    );
    const measures = measureLabels(labels, a, b);
    console.log(
      name.padEnd(12),
      ...errors.map((error) => error.toFixed(4).padStart(12)),
      rule.padStart(12),
      measures.cycle.mean.toFixed(4).padStart(7),
      measures.epipolar.mean.toExponential(1).padStart(9),
      `${(100 * measures.shares.visible).toFixed(0)} %`.padStart(6),
    );
  }
}

/** A small dataset of the room, thrown away. */
async function measurePairs(): Promise<number> {
  const { table } = PROOF_SCENES.room();
  const gaussians = activate(table);
  const bin: DatasetSink = {
    read: async () => null,
    has: async () => false,
    write: async () => {},
    finish: async () => null,
    abort: async () => {},
  };
  const options = {
    views: 4,
    seed: 1,
    width: 256,
    height: 256,
    bins: 'overlap',
    shard: { index: 0, count: 1 },
  } as const;
  const scene = { name: 'room', table, cameras: [proofCamera(256, 256)], arithmetic: 'float64' } as const;
  const start = performance.now();
  const { pairs } = await exportSceneDataset(scene, options, (camera) => renderSplats(gaussians, camera), bin);
  const seconds = (performance.now() - start) / 1000;
  console.log(
    shown((1000 * seconds) / pairs),
    `a pair of 256×256 for a dataset (${(pairs / seconds).toFixed(2)} a second)`,
  );
  return pairs / seconds;
}

/** Median milliseconds of some runs after one that compiles and allocates. */
async function time(run: () => Promise<unknown> | unknown, rounds = 3): Promise<number> {
  await run();
  const times: number[] = [];
  for (let k = 0; k < rounds; k++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Milliseconds of one run. Processor time is that of every thread, the software adapter's too: others do not add to it. */
interface Cost {
  wall: number;
  processor: number;
}

async function cost(run: () => Promise<unknown>): Promise<Cost> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - start, processor: (user + system) / 1000 };
}

const median = (values: number[]) => values.sort((p, q) => p - q)[Math.floor(values.length / 2)];
const FRAME_ROUNDS = 15;

const shown = (ms: number) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`.padStart(10);

/** What is compared from one run to another: ratios within it, and rates. */
export interface SceneFigures {
  /** Processor time of a colour frame by that of an empty pass over the same quads, whoever keeps the order. */
  frameByEmpty: { cpu: number; gpu: number };
  /** Of a million keys of 32 bits with their values. */
  sortMilliseconds: number;
  /** Of the CPU's rasteriser, every map. */
  pixelsASecond: number;
  pairsASecond: number;
}

/** Prints the times of a scene of `count` Gaussians. */
export async function measureTimes(count: number, width: number, height: number): Promise<SceneFigures> {
  const random = seededRandom(1);
  const table = ballOfGaussians(count);
  const camera: SplatCamera = { ...proofCamera(width, height), fx: 0.8 * width, fy: 0.8 * width };
  const gaussians = activate(table);
  console.log(`${count.toLocaleString('en')} Gaussians at ${width}×${height}`);

  const order = new DepthOrder(table.positions);
  const cpuSort = await time(() => order.update([0, 0, 1], 0, 0.2));
  console.log(shown(cpuSort), 'order by depth, CPU');
  const cpuColour = await time(() => renderSplats(gaussians, camera, { colourOnly: true }), 3);
  const cpuAll = await time(() => renderSplats(gaussians, camera), 3);
  const pixels = (ms: number) => `${((width * height) / ms / 1000).toFixed(2)} million pixels a second`;
  console.log(shown(cpuColour), `colour, CPU rasteriser (${pixels(cpuColour)})`);
  console.log(shown(cpuAll), `every map, CPU rasteriser (${pixels(cpuAll)})`);

  const pairsASecond = await measurePairs();

  const gpu = await TestGpu.open();
  const { device } = gpu;
  console.log(`on ${describeAdapter(gpu.gpu.info)}`);
  const kernels = {
    project: new ProjectKernels(device),
    sort: new SortKernels(device),
    look: new LookKernels(device),
    measure: new MeasureKernels(device),
  };
  const submit = async (record: (encoder: GPUCommandEncoder) => void) => {
    const encoder = device.createCommandEncoder();
    record(encoder);
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };

  const keys = Uint32Array.from({ length: 1_000_000 }, () => Math.floor(random() * 2 ** 31));
  const counts = gpu.upload('counts', Uint32Array.of(keys.length));
  const sort = new RadixSort(kernels.sort, gpu.scope, keys.length, 32, counts);
  device.queue.writeBuffer(sort.keys, 0, keys);
  const sorting = await time(() =>
    submit((encoder) => {
      const pass = encoder.beginComputePass();
      recordSteps(pass, sort.steps);
      pass.end();
    }),
  );
  console.log(shown(sorting), 'sort of 1,000,000 keys of 32 bits with their values');

  const scene = new SplatScene(kernels.project, gpu.scope.child('scene'), table);
  scene.setView(camera);
  const frameByEmpty = { cpu: 0, gpu: 0 };
  for (const orderOn of ['cpu', 'gpu'] as const) {
    const look = new SplatLook(kernels.look, kernels.sort, scene, table, orderOn);
    // By turns: what else the machine does slows both.
    const rounds = { frame: [] as Cost[], empty: [] as Cost[] };
    const frame = () => submit((encoder) => void look.record(encoder, camera));
    const empty = () => submit((encoder) => void look.record(encoder, camera, kernels.look.emptyQuads));
    await frame();
    await empty();
    for (let round = 0; round < FRAME_ROUNDS; round++) {
      rounds.frame.push(await cost(frame));
      rounds.empty.push(await cost(empty));
    }
    const ratioOf = (kind: keyof Cost) => median(rounds.frame.map((at, k) => at[kind] / rounds.empty[k][kind]));
    frameByEmpty[orderOn] = ratioOf('processor');
    const ratio = `${ratioOf('processor').toFixed(2)} × the same quads with an empty shader in processor time, ${ratioOf('wall').toFixed(2)} by the clock`;
    const milliseconds = median(rounds.frame.map(({ wall }) => wall));
    console.log(shown(milliseconds), `colour frame, order kept by the ${orderOn.toUpperCase()} (${ratio})`);
  }
  const measure = new SplatMeasure(kernels.measure, kernels.sort, scene);
  await measure.measure(camera);
  const measuring = await time(() => submit((encoder) => void measure.record(encoder, camera)), 3);
  console.log(shown(measuring), `every map, tile rasteriser (${(cpuAll / measuring).toFixed(2)} × as fast as the CPU)`);
  await gpu.submit(() => {});
  gpu.close();
  return { frameByEmpty, sortMilliseconds: sorting, pixelsASecond: (1000 * width * height) / cpuAll, pairsASecond };
}
