import { MAX_PLAIN_GAUSSIANS } from '../../../../compute/splats/plain-viewer.ts';
import { sampleMatches } from '../../../../compute/sample-matches/cpu.ts';
import { CodedError, throwIfAborted } from '../../../../core/errors.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { Progress } from '../../../../core/match.ts';
import { multiply3 } from '../../../../core/matrix3.ts';
import { axisAngleOf } from '../../../../core/rotation.ts';
import { transpose3 } from '../../../../gaussians/camera.ts';
import { encodeSplatPly } from '../../../../formats/splats/write-ply.ts';
import { encodeSpz } from '../../../../formats/splats/write-spz.ts';
import {
  type RefinedCameras,
  refineCameras,
  refinedInput,
  type RefineWith,
} from '../../../../gaussians/gradient/refine-cameras.ts';
import { ABSTENTIONS } from '../../../../gaussians/two-view/abstain.ts';
import {
  buildTwoViewScene,
  DEFAULT_SIDE,
  type TwoViewInput,
  type TwoViewPhoto,
  type TwoViewScene,
} from '../../../../gaussians/two-view/build.ts';
import { type DepthMap, DepthNetwork, type OnNetwork } from '../../../../matching/monocular/depth-network.ts';
import { type DepthPrior, depthPrior, PRIOR_SIDE } from '../../../../matching/monocular/depth-prior.ts';
import { CheckedRuntime } from '../../../../matching/reference-check/checked-runtime.ts';
import type { Gpu } from '../../../../platform/gpu/device.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { shadersReady } from '../../../../platform/gpu/shader.ts';
import type { RuntimeTensor } from '../../../../platform/runtime/runtime.ts';
import type { ServedCall } from '../../../../platform/worker/serve-calls.ts';
import type { FlownScene, FlyInfo, FlyRefined, FlyRequest, PriorSource } from '../../contract/fly.ts';
import type { Intrinsics } from '../../contract/geometry-fit.ts';
import { fitMatch } from '../geometry/fit-match.ts';
import type { Inference } from '../inference.ts';
import type { MatchedPhotos } from '../network-scene/network-input.ts';
import type { NetworkScenes } from '../network-scene/network-scenes.ts';
import type { ShownScene } from '../stage/match-scene.ts';
import type { ShownMatch } from '../stage/shown-match.ts';
import { FlyKernels, gpuDrawer } from './gpu-drawer.ts';
import type { gpuRasteriser } from './gpu-rasteriser.ts';
import { plainDrawer } from './plain-drawer.ts';
import { sceneAbstention } from './scene-abstention.ts';

type Context = ServedCall<Progress>;

/** Gaussians along the longer side without a graphics card: a fourth of them all, of which a picture takes some tenths of a second. */
const PLAIN_SIDE = 224;
/** The most along the longer side that {@link MAX_PLAIN_GAUSSIANS} hold of two square photos. */
const HANDED_SIDE = 384;
/** Steps of a refinement; as many as hidden views judged it by (docs/fly.md). */
const REFINE_STEPS = 60;
/** Longer side of the photos that a network's input is scaled from. */
const SCALED_FROM = 2048;
/** Longer side of the photos that colours are read from. */
const COLOUR_SIDE = 1024;

/** The engine's calls on the scene of both photos, which ends with the match that it was made from. */
export class FlyJobs {
  private made: { shown: ShownMatch; input: TwoViewInput; scene: TwoViewScene | null } | null = null;
  private kernels: FlyKernels | null = null;
  private opensRasteriser: ReturnType<typeof gpuRasteriser> | null = null;
  private scenes: NetworkScenes | null = null;
  private depthNetwork: DepthNetwork | null = null;
  private readonly priors = new WeakMap<object, { key: string; prior: DepthPrior }>();

  constructor(
    private readonly gpu: Gpu | null,
    private readonly root: Scope | null,
    /** What networks run in. */
    private readonly inference: Pick<Inference, 'openRuntime' | 'readTensor' | 'modelGpu' | 'known'>,
  ) {}

  async make(request: FlyRequest, { photos, shown, stage }: ShownScene, context: Context): Promise<FlyInfo> {
    const { signal, onProgress } = context;
    stage?.setFly(null);
    this.made = null;
    const verdict = shown.result.verdict.kind;
    const { isOnGpu } = this;
    const nothing: FlyInfo = {
      abstention: null,
      count: 0,
      drawnBy: isOnGpu ? 'webgpu' : 'cpu',
      focal: null,
      parallax: 0,
      turn: 0,
      network: null,
      prior: null,
      refined: null,
      timings: { fit: 0, build: 0 },
    };
    if (verdict === 'none') return { ...nothing, abstention: ABSTENTIONS.unrelated };
    onProgress({ stage: 'fit', fraction: null });
    const started = performance.now();
    const fields = { a: await shown.readField('a'), b: await shown.readField('b') };
    const fit = await fitMatch(
      // Poses need no more of Geometry than its lenses and its seed.
      { ...request, settings: { ...request.settings, model: 'essential', threshold: null } },
      {
        photos: { a: photos.a.size, b: photos.b.size },
        exifFocal: { a: photos.a.info.focal ?? null, b: photos.b.info.focal ?? null },
        verdict,
        sample: async (options) => sampleMatches(fields, options).rows,
        readField: async (side) => fields[side],
      },
      { signal, onProgress: (fraction) => onProgress({ stage: 'fit', fraction }) },
    );
    throwIfAborted(signal);
    const { result } = fit;
    const cameras = result.cameras!;
    const fitted = performance.now();
    const known: FlyInfo = {
      ...nothing,
      abstention: await sceneAbstention(fit, verdict, { signal, onProgress: () => {} }),
      focal: { a: lensOf(cameras.intrinsics.a), b: lensOf(cameras.intrinsics.b) },
      parallax: cameras.parallax,
      turn: cameras.turn,
      timings: { fit: fitted - started, build: 0 },
    };
    if (known.abstention) return known;
    const priors = request.prior && !request.network ? await this.priorsOf(request.prior, photos, context) : null;
    onProgress({ stage: 'triangulate', fraction: null });
    const photo = (side: Side): TwoViewPhoto => {
      const { width, height } = photos[side].size;
      const { focal } = cameras.intrinsics[side];
      return {
        pixels: photos[side].pixelsWithin(COLOUR_SIDE),
        photo: photos[side].size,
        field: fields[side],
        focal: [focal / width, focal / height],
        prior: priors && mapOf(priors[side].depth),
        sky: priors && mapOf(priors[side].sky),
      };
    };
    const { rotation, translation } = cameras;
    let input: TwoViewInput = { photos: { a: photo('a'), b: photo('b') }, pose: { rotation, translation } };
    const build = () => buildTwoViewScene({ ...input, side: isOnGpu ? DEFAULT_SIDE : PLAIN_SIDE });
    let byMatch = build();
    const { network } = request;
    let refined: FlyRefined | null = null;
    if (request.refine && !network) {
      // It takes long: meanwhile the scene is there as the match has it.
      await this.show(byMatch, stage);
      const tell = async (done: number) => {
        onProgress({ stage: 'refine-scene', fraction: done / REFINE_STEPS });
        // Pictures, and the word that it is not wanted any more.
        await new Promise((resolve) => setTimeout(resolve));
        throwIfAborted(signal);
      };
      const found = await refineCameras(input, REFINE_STEPS, tell, { open: await this.rasteriser() });
      refined = refinedBy(found, input);
      input = refinedInput(input, found);
      byMatch = build();
    }
    const byNetwork =
      network &&
      (await this.byNetwork(
        { ...request, network },
        { photos, shown, stage },
        { fields, fitted: fit },
        byMatch,
        context,
      ));
    const scene = byNetwork?.scene ?? byMatch;
    this.made = { shown, input, scene: isOnGpu || byNetwork ? scene : null };
    await this.show(scene, stage);
    return {
      ...known,
      count: scene.table.count,
      network: byNetwork?.network ?? null,
      prior: priors && scene.prior,
      refined,
      timings: { ...known.timings, build: performance.now() - fitted },
    };
  }

  /** What either photo alone says of depth and sky; a photo is looked at once. */
  private async priorsOf(source: PriorSource, photos: ShownScene['photos'], { signal, onProgress }: Context) {
    this.depthNetwork ??= new DepthNetwork(this.checked());
    const key = JSON.stringify(source);
    const of = async (side: Side): Promise<DepthPrior> => {
      const known = this.priors.get(photos[side]);
      if (known?.key === key) return known.prior;
      onProgress({ stage: 'tell-depth', fraction: null });
      const onNetwork: OnNetwork = (fraction, check) =>
        onProgress({ stage: fraction === null ? 'tell-depth' : 'load-model', fraction, ...(check && { check }) });
      const small = photos[side].pixelsWithin(PRIOR_SIDE);
      const whole = () => photos[side].pixelsWithin(SCALED_FROM);
      const prior = await depthPrior(source, small, whole, this.depthNetwork!, { signal, onNetwork });
      this.priors.set(photos[side], { key, prior });
      return prior;
    };
    return { a: await of('a'), b: await of('b') };
  }

  /** Where networks run: the models' own place, but for those that its GPU computes wrongly. */
  private checked(): CheckedRuntime {
    const { inference } = this;
    const runtime = {
      open: () => inference.openRuntime(),
      read: (tensor: RuntimeTensor) => inference.readTensor(tensor),
    };
    return new CheckedRuntime(runtime, inference.modelGpu, inference.known);
  }

  private async show(scene: TwoViewScene, stage: ShownScene['stage']): Promise<void> {
    stage?.setFly(this.isOnGpu ? await this.onGpu(scene) : plainDrawer(scene, () => stage.requestDraw()));
  }

  private async byNetwork(
    request: FlyRequest & { network: NonNullable<FlyRequest['network']> },
    { photos, shown }: ShownScene,
    matched: Pick<MatchedPhotos, 'fields' | 'fitted'>,
    byMatch: TwoViewScene,
    context: Context,
  ) {
    const [{ NetworkScenes: Scenes }, { flyByNetwork }] = await Promise.all([
      import('../network-scene/network-scenes.ts'),
      import('./network-fly.ts'),
    ]);
    this.scenes ??= new Scenes(this.checked());
    const of = {
      ...matched,
      photos: { a: photos.a.size, b: photos.b.size },
      pixels: { a: photos.a.pixelsWithin(SCALED_FROM), b: photos.b.pixelsWithin(SCALED_FROM) },
    };
    return flyByNetwork(this.scenes, request, shown, of, byMatch, context);
  }

  async save(format: 'ply' | 'spz', name: string, shown: ShownMatch): Promise<ExportedFile> {
    const { table } = this.whole(shown);
    const bytes = format === 'ply' ? encodeSplatPly(table) : await encodeSpz(table);
    const notes = [
      `${table.count.toLocaleString('en')} Gaussians. Two photos do not tell how large anything is in metres.`,
    ];
    return { name: `${name}-scene.${format}`, blob: new Blob([bytes]), notes };
  }

  hand(shown: ShownMatch): FlownScene {
    const whole = this.whole(shown);
    // The page of scenes takes no more without a graphics card.
    const { table, cameras } =
      whole.table.count > MAX_PLAIN_GAUSSIANS && !this.isOnGpu && whole.table.shDegree === 0
        ? buildTwoViewScene({ ...this.made!.input, side: HANDED_SIDE })
        : whole;
    return { table, cameras: [cameras.a, cameras.b] };
  }

  /** An emulated adapter takes some twenty times as long as the processor’s own rasteriser. */
  private get isOnGpu(): boolean {
    return this.gpu !== null && this.root !== null && !this.gpu.isFallback;
  }

  /** With all of its Gaussians, also where fewer are drawn. */
  private whole(shown: ShownMatch): TwoViewScene {
    const { made } = this;
    if (made?.shown !== shown) {
      throw new CodedError(
        'fly-none',
        'There is no scene of this match.',
        'Open the view Fly and wait for its picture.',
      );
    }
    made.scene ??= buildTwoViewScene(made.input);
    return made.scene;
  }

  private async onGpu(scene: TwoViewScene) {
    const kernels = this.requireKernels();
    await shadersReady(this.gpu!.device);
    return gpuDrawer(scene, kernels, this.root!);
  }

  /** What cameras are refined by: the graphics card, or else the float64 judge. */
  private async rasteriser(): Promise<RefineWith['open']> {
    if (!this.isOnGpu) return undefined;
    const { gpuRasteriser } = await import('./gpu-rasteriser.ts');
    this.opensRasteriser ??= gpuRasteriser(this.requireKernels(), this.root!);
    return this.opensRasteriser;
  }

  private requireKernels(): FlyKernels {
    this.kernels ??= new FlyKernels(this.gpu!.device);
    return this.kernels;
  }
}

function refinedBy({ pose, zoom, loss }: RefinedCameras, { pose: before }: TwoViewInput): FlyRefined {
  const degrees = (radians: number) => (radians * 180) / Math.PI;
  const cosine = pose.translation.reduce((sum, value, k) => sum + value * before.translation[k], 0);
  return {
    steps: REFINE_STEPS,
    loss,
    turned: degrees(Math.hypot(...axisAngleOf(multiply3(pose.rotation, transpose3(before.rotation))))),
    moved: degrees(Math.acos(Math.min(1, Math.max(-1, cosine)))),
    zoom,
  };
}

const mapOf = ({ size, values }: DepthMap) => ({ map: values, size });

const lensOf = ({ source, fov }: Intrinsics) => ({ source, fov });
