import { LiftCountPass } from '../../passes/count/gpu.ts';
import { LiftDisplayPass } from '../../passes/display/gpu.ts';
import { FillPass } from '../../passes/fill/gpu.ts';
import { ForwardWarpPass } from '../../passes/forward-warp/gpu.ts';
import { LiftMeshPass } from '../../passes/mesh/gpu.ts';
import { NormalsPass } from '../../passes/normals/gpu.ts';
import { PhotometricPass } from '../../passes/photometric/gpu.ts';
import { RelightPass } from '../../passes/relight/gpu.ts';
import { LiftRenderPass } from '../../passes/render/gpu.ts';
import { ResizeMapPass } from '../../../../compute/resize-map/gpu.ts';
import { ScorePass } from '../../../../compute/score/gpu.ts';
import { SkyBackdropPass } from '../../passes/sky-backdrop/gpu.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';

/** Every pass of a frame; made once a device and shared by the renderers on it. */
export class LiftPasses {
  readonly mesh: LiftMeshPass;
  readonly render: LiftRenderPass;
  readonly forward: ForwardWarpPass;
  readonly backdrop: SkyBackdropPass;
  readonly normals: NormalsPass;
  readonly relight: RelightPass;
  readonly fill: FillPass;
  readonly photometric: PhotometricPass;
  readonly count: LiftCountPass;
  readonly score: ScorePass;
  readonly resizeMap: ResizeMapPass;
  readonly display: LiftDisplayPass;

  constructor(scope: Scope) {
    const { device } = scope;
    this.mesh = new LiftMeshPass(device, scope);
    this.render = new LiftRenderPass(device, scope);
    this.forward = new ForwardWarpPass(device, scope);
    this.backdrop = new SkyBackdropPass(device, scope);
    this.normals = new NormalsPass(device, scope);
    this.relight = new RelightPass(device, scope);
    this.fill = new FillPass(device, scope);
    this.photometric = new PhotometricPass(device, scope);
    this.count = new LiftCountPass(device, scope);
    this.score = new ScorePass(device, scope);
    this.resizeMap = new ResizeMapPass(device, scope);
    this.display = new LiftDisplayPass(device, scope);
  }
}
