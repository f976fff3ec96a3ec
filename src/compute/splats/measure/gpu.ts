import { mapForReading } from '../../../platform/gpu/readback.ts';
import blendCode from '../../../../shaders/scene/blend.wgsl';
import tilesCode from '../../../../shaders/scene/tiles.wgsl';
import { isSameCamera, type SplatCamera } from '../../../gaussians/camera.ts';
import { MIN_TRANSMITTANCE, type SplatMaps } from '../../../gaussians/raster/render.ts';
import { TILE } from '../../../gaussians/raster/tiles.ts';
import { type ComputeStep, linearWorkgroups } from '../../../platform/gpu/dispatch.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { createComputeStep, createShader } from '../../../platform/gpu/shader.ts';
import { CodedError } from '../../../core/errors.ts';
import type { Size } from '../../../core/geometry.ts';
import { SPLAT_NAMES, type SplatScene } from '../scene.ts';
import { prefixSumSteps, RadixSort, type SortKernels } from '../sort/gpu.ts';
import { type BoundStep, bindStep, recordSteps, stepsOf } from '../step.ts';
import { MAP_PLANES, mapNames, unpackMaps } from './maps.ts';

/** Pairs of tile and splat that there is room for at first: so many a Gaussian, and at least so many. */
const FIRST_PAIRS = { each: 4, least: 65_536 };

/** Pipelines of the tile rasteriser; one a device. */
export class MeasureKernels {
  readonly tiles: Record<'countTiles' | 'listTiles' | 'findRanges', ComputeStep>;
  readonly blend: ComputeStep;

  constructor(readonly device: GPUDevice) {
    const tiles = createShader(device, 'splat-tiles', tilesCode, { ...SPLAT_NAMES, TILE });
    this.tiles = stepsOf(device, tiles, ['countTiles', 'listTiles', 'findRanges']);
    const blend = createShader(device, 'splat-blend', blendCode, {
      ...SPLAT_NAMES,
      ...mapNames(),
      MIN_TRANSMITTANCE,
      TILE,
    });
    this.blend = createComputeStep(device, blend, 'blend');
  }
}

/** What is made for one size of picture and one number of pairs. */
interface Room extends Size {
  readonly scope: Scope;
  readonly capacity: number;
  /** [MAP_PLANES, h, w], see maps.ts. */
  readonly maps: GPUBuffer;
  readonly ranges: GPUBuffer;
  readonly pairSplats: GPUBufferBinding;
  readonly steps: readonly BoundStep[];
}

/** The maps of one view on the GPU. */
export interface MeasuredView extends Size {
  readonly maps: GPUBuffer;
  /** Which splats reach which tile, see tiles.wgsl; and how many pairs there is room for. */
  readonly pairSplats: GPUBufferBinding;
  readonly ranges: GPUBuffer;
  readonly capacity: number;
}

/**
 * One scene's tile rasteriser: every map of {@link SplatMaps} in float32, without blending hardware, the same on every
 * run. The 64-bit order (tile | depth) is two stable sorts: the splats by depth, then their pairs by tile. Dies with the
 * scene's scope.
 */
export class SplatMeasure {
  private readonly geometry: GPUBuffer;
  private readonly offsets: GPUBuffer;
  /** Its first word is how many pairs the last view has; there may be less room. */
  private readonly total: GPUBuffer;
  private readonly first: readonly BoundStep[];
  private readonly sort: RadixSort;
  private room: Room | null = null;
  /** Whose maps are in the room. */
  private camera: SplatCamera | null = null;
  private pairs: number;
  private reading = false;

  constructor(
    private readonly kernels: MeasureKernels,
    private readonly sorting: SortKernels,
    private readonly scene: SplatScene,
    firstPairs = Math.max(FIRST_PAIRS.least, FIRST_PAIRS.each * scene.count),
  ) {
    const { scope, count } = scene;
    const { device } = kernels;
    const storage = (label: string, words: number) => scope.storage(`splats/${label}`, 4 * Math.max(1, words));
    this.geometry = scene.createGeometry(scope);
    this.offsets = storage('offsets', count);
    this.total = storage('pairs-total', 1);
    const counts = storage('measured-count', 1);
    device.queue.writeBuffer(counts, 0, Uint32Array.of(count));
    this.sort = new RadixSort(sorting, scope, Math.max(1, count), 32, counts);
    const counted = {
      view: scene.view,
      splats: { buffer: scene.splats },
      order: { buffer: this.sort.values },
      offsets: { buffer: this.offsets },
    };
    const counting = bindStep(device, kernels.tiles.countTiles, counted, linearWorkgroups(count));
    this.first = [
      scene.projectStep(this.sort, this.geometry),
      ...this.sort.steps,
      counting,
      ...prefixSumSteps(sorting, scope, this.offsets, count, this.total),
    ];
    this.pairs = firstPairs;
  }

  /**
   * Records the maps of a camera that {@link SplatScene.setView} was told.
   * @returns overwritten by the next record
   */
  record(encoder: GPUCommandEncoder, camera: SplatCamera): MeasuredView {
    const room = this.roomFor(camera);
    encoder.clearBuffer(room.ranges);
    const pass = encoder.beginComputePass({ label: 'splat-measure' });
    recordSteps(pass, this.first);
    recordSteps(pass, room.steps);
    pass.end();
    this.camera = camera;
    return room;
  }

  /** The maps of this camera, where they are there already. */
  recorded(camera: SplatCamera): MeasuredView | null {
    return this.camera && isSameCamera(this.camera, camera) ? this.room : null;
  }

  /** The scene looks otherwise from now on. */
  forget(): void {
    this.camera = null;
  }

  /**
   * Looks, once the work that was submitted is done, whether all pairs had room; makes room for the next record where
   * not. Nobody waits for it: the picture on the screen was drawn without a part of the scene and is to be drawn again.
   * @returns whether it has to be; false too while another look is under way
   */
  async outgrown(): Promise<boolean> {
    if (this.reading) return false;
    this.reading = true;
    try {
      const [total] = new Uint32Array(await this.readBack([{ buffer: this.total, bytes: 4 }]));
      return this.grow(total);
    } finally {
      this.reading = false;
    }
  }

  /** Renders a view and reads its maps: for labels and files, not for the screen. */
  async measure(camera: SplatCamera): Promise<SplatMaps> {
    const { device } = this.kernels;
    for (;;) {
      this.scene.setView(camera);
      const encoder = device.createCommandEncoder({ label: 'splat-measure' });
      const { maps } = this.record(encoder, camera);
      device.queue.submit([encoder.finish()]);
      const { width, height } = camera;
      const bytes = await this.readBack([
        { buffer: maps, bytes: 4 * MAP_PLANES * width * height },
        { buffer: this.total, bytes: 4 },
      ]);
      const [total] = new Uint32Array(bytes, bytes.byteLength - 4, 1);
      if (!this.grow(total)) return unpackMaps(bytes, width, height);
    }
  }

  private grow(total: number): boolean {
    if (total <= this.pairs) return false;
    const { limits } = this.kernels.device;
    const most = Math.floor(Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) / 4);
    if (total > most) {
      throw new CodedError(
        'view-too-dense',
        `This view of the scene needs ${total.toLocaleString('en')} pairs of Gaussian and tile; the adapter has room for ${most.toLocaleString('en')}.`,
        'Make the picture smaller, or step back from the scene.',
      );
    }
    this.pairs = Math.min(most, Math.ceil(1.25 * total));
    this.forget();
    return true;
  }

  private roomFor({ width, height }: Size): Room {
    const { room } = this;
    if (room && room.width === width && room.height === height && room.capacity === this.pairs) return room;
    room?.scope.destroy();
    const { kernels, sorting, scene } = this;
    const { device } = kernels;
    const scope = scene.scope.child('measured');
    const tiles: [number, number] = [Math.ceil(width / TILE), Math.ceil(height / TILE)];
    // One more tile takes the pairs that belong to none.
    const tileCount = tiles[0] * tiles[1] + 1;
    const capacity = this.pairs;
    const maps = scope.storage('splats/maps', 4 * MAP_PLANES * width * height);
    const ranges = scope.storage('splats/ranges', 8 * tileCount);
    const bits = Math.ceil(Math.log2(tileCount + 1));
    const sort = new RadixSort(sorting, scope, capacity, bits, this.total);
    // The buffers may be larger than the room, which the shader knows by the binding.
    const bindings = {
      view: scene.view,
      splats: { buffer: scene.splats },
      order: { buffer: this.sort.values },
      offsets: { buffer: this.offsets },
      total: { buffer: this.total },
      pairTiles: { buffer: sort.keys, size: 4 * capacity },
      pairSplats: { buffer: sort.values, size: 4 * capacity },
      ranges: { buffer: ranges },
    };
    const blended = {
      view: scene.view,
      splats: bindings.splats,
      geometry: { buffer: this.geometry },
      pairSplats: bindings.pairSplats,
      ranges: bindings.ranges,
      maps: { buffer: maps },
    };
    const steps = [
      bindStep(device, kernels.tiles.listTiles, bindings, linearWorkgroups(scene.count)),
      ...sort.steps,
      bindStep(device, kernels.tiles.findRanges, bindings, linearWorkgroups(capacity)),
      bindStep(device, kernels.blend, blended, tiles),
    ];
    this.room = { scope, width, height, capacity, maps, ranges, pairSplats: bindings.pairSplats, steps };
    return this.room;
  }

  private async readBack(parts: readonly { buffer: GPUBuffer; bytes: number }[]): Promise<ArrayBuffer> {
    const { device } = this.kernels;
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const staging = this.scene.scope.buffer('splats/readback', bytes, usage);
    try {
      const encoder = device.createCommandEncoder({ label: 'splat-readback' });
      let at = 0;
      for (const part of parts) {
        encoder.copyBufferToBuffer(part.buffer, 0, staging, at, part.bytes);
        at += part.bytes;
      }
      device.queue.submit([encoder.finish()]);
      await mapForReading(device, staging);
      return staging.getMappedRange().slice(0, bytes);
    } finally {
      this.scene.scope.release(staging);
    }
  }
}
