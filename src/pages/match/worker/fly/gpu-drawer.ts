import { CPU_ORDER_LIMIT, LookKernels, SplatLook } from '../../../../compute/splats/look/gpu.ts';
import { ProjectKernels, SplatScene } from '../../../../compute/splats/scene.ts';
import { SortKernels } from '../../../../compute/splats/sort/gpu.ts';
import type { TwoViewScene } from '../../../../gaussians/two-view/build.ts';
import { fadeAt, flyCamera } from '../../../../gaussians/two-view/path.ts';
import type { Scope } from '../../../../platform/gpu/scope.ts';
import type { FlyDrawer } from '../../views/fly/drawer.ts';

/** Pipelines; one a device. */
export class FlyKernels {
  readonly project: ProjectKernels;
  readonly sort: SortKernels;
  readonly look: LookKernels;

  constructor(device: GPUDevice) {
    this.project = new ProjectKernels(device);
    this.sort = new SortKernels(device);
    this.look = new LookKernels(device);
  }
}

/**
 * The scene by WebGPU; nothing is read back between scene and picture.
 * @throws CodedError `scene-too-large`
 */
export function gpuDrawer(scene: TwoViewScene, kernels: FlyKernels, parent: Scope): FlyDrawer {
  const scope = parent.child('fly');
  const { table, fade } = scene;
  const splats = new SplatScene(kernels.project, scope, table, fade);
  const orderOn = table.count > CPU_ORDER_LIMIT ? 'gpu' : 'cpu';
  const look = new SplatLook(kernels.look, kernels.sort, splats, table, orderOn);
  return {
    on: 'gpu',
    record(encoder, place, size) {
      const camera = flyCamera(scene, place, size);
      splats.setView(camera, undefined, fadeAt(place.at));
      return look.record(encoder, camera);
    },
    destroy: () => scope.destroy(),
  };
}
