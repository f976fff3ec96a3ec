import { encodePly } from '../../../../formats/matches/ply.ts';
import type { Gpu } from '../../../../platform/gpu/device.ts';
import { sampleMatches } from '../../../../compute/sample-matches/cpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import { type StageFit, type StagePose, unitRect } from '../../contract/alignment.ts';
import { CodedError, isCancelled } from '../../../../core/errors.ts';
import type { ExportedFile } from '../../../../core/exported-file.ts';
import type {
  CameraPair,
  CloudInfo,
  CloudRequest,
  CloudView,
  FitRequest,
  FitResult,
} from '../../contract/geometry-fit.ts';
import type { Side } from '../../../../core/geometry.ts';
import type { InlierTest } from '../../../../core/inlier-test.ts';
import type { Progress } from '../../../../core/match.ts';
import type { Photo } from '../../../../matching/photos/photo.ts';
import type { ServedCall } from '../../../../platform/worker/serve-calls.ts';
import type { ShownMatch } from '../stage/shown-match.ts';
import type { ShownScene } from '../stage/match-scene.ts';
import { type ColoredCloud, makeCloud } from './cloud.ts';
import { CloudStage } from './cloud-stage.ts';
import { cloudComments, fitAsJson } from './fit-files.ts';
import { fitMatch, type Fitted } from './fit-match.ts';
import { unitHomography } from './measured-pairs.ts';

type Context = ServedCall<Progress>;

/** Longer side that is enough for the colours of a cloud whose places lie on the match's grid. */
const CLOUD_PIXELS = 1024;

/** The engine's calls on geometry, with the last fit and cloud; both end with the match that they were made from. */
export class GeometryJobs {
  private fitted: (Fitted & { shown: ShownMatch }) | null = null;
  private cloud: (ColoredCloud & { fitted: Fitted }) | null = null;
  private view: CloudStage | null = null;

  constructor(
    private readonly gpu: Gpu | null,
    private readonly root: Scope | null,
  ) {}

  async fit(request: FitRequest, { photos, shown, stage }: ShownScene, context: Context): Promise<FitResult> {
    const { signal, onProgress } = context;
    onProgress({ stage: 'fit', fraction: null });
    const { a, b } = photos;
    const fitting = fitMatch(
      request,
      {
        photos: { a: a.size, b: b.size },
        exifFocal: { a: a.info.focal ?? null, b: b.info.focal ?? null },
        verdict: shown.result.verdict.kind,
        sample: async (options) => {
          if (stage) return stage.sampleRows(options);
          return sampleMatches({ a: await shown.readField('a'), b: await shown.readField('b') }, options).rows;
        },
        readField: (side) => shown.readField(side),
      },
      { signal, onProgress: (fraction) => onProgress({ stage: 'fit', fraction }) },
    );
    const fitted = await fitting.catch((error: unknown) => {
      // Without a model nothing may look as if there were one; a cancelled fit leaves the last one.
      if (!isCancelled(error)) this.clear(stage);
      throw error;
    });
    this.fitted = { ...fitted, shown };
    stage?.setFit(stageFit(fitted, photos));
    return fitted.result;
  }

  async reconstruct(request: CloudRequest, { photos, shown }: ShownScene, context: Context): Promise<CloudInfo> {
    const { signal, onProgress } = context;
    const fitted = this.fitOf(shown);
    const cloud = await makeCloud(
      request,
      fitted,
      {
        photos: { a: photos.a.size, b: photos.b.size },
        field: () => shown.readField('a'),
        pixels: () => photos.a.pixelsWithin(CLOUD_PIXELS),
      },
      { signal, onProgress: (fraction) => onProgress({ stage: 'triangulate', fraction }) },
    );
    this.cloud = { ...cloud, fitted };
    this.view?.setCloud(this.cloud);
    return cloud.info;
  }

  export(format: 'json' | 'ply', name: string, { photos, shown }: ShownScene): ExportedFile {
    const names = { a: photos.a.info, b: photos.b.info };
    if (format === 'json') {
      const { result } = this.fitOf(shown);
      const blob = new Blob([fitAsJson(result, names)], { type: 'application/json' });
      const notes = ['Pixels: the centre of the first one is (0.5, 0.5).'];
      return { name: `${name}-${result.model}.json`, blob, notes };
    }
    if (!this.cloud || this.cloud.fitted !== this.fitted) throw nothing('point cloud', 'Make one first.');
    const { positions, colors, fitted } = this.cloud;
    const comments = cloudComments(fitted.result, names);
    const blob = new Blob([encodePly({ positions, colors, comments })], { type: 'application/octet-stream' });
    return { name: `${name}-points.ply`, blob, notes: ['One unit is the distance between the cameras.'] };
  }

  showCloud(canvas: OffscreenCanvas): { drawnBy: 'webgpu' | 'canvas' } {
    if (!this.cloud) throw nothing('point cloud', 'Make one first.');
    this.view?.destroy();
    this.view = new CloudStage(canvas, this.gpu, this.root);
    this.view.setCloud(this.cloud);
    return { drawnBy: this.view.drawnBy };
  }

  viewCloud(view: CloudView): void {
    this.view?.setView(view);
  }

  hideCloud(): void {
    this.view?.destroy();
    this.view = null;
  }

  private clear(stage: ShownScene['stage']): void {
    this.fitted = this.cloud = null;
    stage?.setFit(null);
  }

  private fitOf(shown: ShownMatch): Fitted {
    if (this.fitted?.shown !== shown) throw nothing('fitted model', 'Fit one first.');
    return this.fitted;
  }
}

function stageFit({ result, test }: Fitted, { a, b }: Record<Side, Photo>): StageFit {
  const { canvas, cameras } = result;
  if (!canvas) return { inliers: test, alignment: null, pose: cameras && stagePose(cameras, test, { a, b }) };
  return {
    inliers: test,
    alignment: {
      homography: unitHomography(result.matrix, a.size, b.size),
      canvas: unitRect(canvas, a.size),
    },
  };
}

function stagePose(cameras: CameraPair, test: InlierTest, photos: Record<Side, Photo>): StagePose | null {
  const { rotation, translation, intrinsics, inverseDepths } = cameras;
  if (!inverseDepths) return null;
  const share = (side: Side, x: number, y: number) =>
    [x / photos[side].size.width, y / photos[side].size.height] as const;
  const focal = (side: Side) => share(side, intrinsics[side].camera.fx, intrinsics[side].camera.fy);
  const principal = (side: Side) => share(side, intrinsics[side].camera.cx, intrinsics[side].camera.cy);
  const residual = test.threshold;
  return {
    rotation,
    translation,
    focal: { a: focal('a'), b: focal('b') },
    principal: { a: principal('a'), b: principal('b') },
    inverseDepths,
    residual,
  };
}

const nothing = (what: string, remedy: string) =>
  new CodedError('geometry-nothing', `There is no ${what} of this match.`, remedy);
