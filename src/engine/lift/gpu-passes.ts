import { LiftCountPass } from '../../gpu/passes/lift/count.ts';
import { LiftDisplayPass } from '../../gpu/passes/lift/display.ts';
import { FillPass } from '../../gpu/passes/lift/fill.ts';
import { ForwardWarpPass } from '../../gpu/passes/lift/forward-warp.ts';
import { LiftMeshPass } from '../../gpu/passes/lift/mesh.ts';
import { NormalsPass } from '../../gpu/passes/lift/normals.ts';
import { PhotometricPass } from '../../gpu/passes/lift/photometric.ts';
import { RelightPass } from '../../gpu/passes/lift/relight.ts';
import { LiftRenderPass } from '../../gpu/passes/lift/render.ts';
import { ResizeMapPass } from '../../gpu/passes/lift/resize-map.ts';
import { ScorePass } from '../../gpu/passes/lift/score.ts';
import { SkyBackdropPass } from '../../gpu/passes/lift/sky-backdrop.ts';
import type { Scope } from '../../gpu/scope.ts';

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
