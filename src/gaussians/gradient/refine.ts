import type { ActiveGaussians } from '../activate.ts';
import { cameraCentre, type SplatCamera } from '../camera.ts';
import { createTable, type GaussianTable, sigmoid } from '../table.ts';
import { Adam } from './adam.ts';
import { type CameraGradient, chainToScene, createGradients, type SceneGradients } from './chain.ts';
import { photometricLoss, type Target } from './loss.ts';
import { movedCamera } from './moved-camera.ts';
import { type DifferentiableRasteriser, plainRasteriser } from './rasteriser.ts';

/** A photo with the camera that took it, as far as that is known. */
export interface RefineView {
  readonly camera: SplatCamera;
  readonly target: Target;
  /** Whether this camera's place and direction may move; one has to stay, or the whole scene may drift. */
  readonly moves: boolean;
  /** [n] what share of its opacity each Gaussian has in this view; all of it by default. */
  readonly shown?: ArrayLike<number>;
}

/**
 * Steps of Adam in each kind of parameter at the beginning; 0 holds it. What repaints a photo without being true of the
 * scene (positions, turns of single Gaussians) is not offered: two photos would be learnt by heart.
 */
export interface RefineRates {
  /** Radians. */
  readonly turn: number;
  /** Scene units. */
  readonly shift: number;
  /** Of the logarithm of the focal length, one for all views. */
  readonly focal: number;
  readonly colour: number;
  /** Of the logit. */
  readonly opacity: number;
  /** Of the logarithm, all three alike. */
  readonly scale: number;
  /** Of the logarithm of the distance from the camera that a Gaussian was made by. */
  readonly depth: number;
}

export const HELD_RATES: RefineRates = { turn: 0, shift: 0, focal: 0, colour: 0, opacity: 0, scale: 0, depth: 0 };

export interface RefineOptions {
  readonly steps: number;
  readonly rates: Partial<RefineRates>;
  readonly background?: readonly [number, number, number];
  /** [n] which view's camera made each Gaussian, for `depth`; the first by default. */
  readonly madeBy?: ArrayLike<number>;
  /** By default the float64 judge; the GPU's draws before black. */
  readonly rasteriser?: DifferentiableRasteriser;
}

/** Rates fall to this share of the first by the last step. */
const LAST_RATE = 0.05;

/**
 * Refines cameras and what Gaussians look like so that the views look like their photos: analysis by synthesis with Adam
 * through the differentiable rasteriser. One {@link step} at a time, so that a worker can tell progress and be stopped; what
 * is reached so far can be taken at any time.
 */
export class Refiner {
  readonly steps: number;
  private done = 0;
  private readonly rates: RefineRates;
  private readonly rasteriser: DifferentiableRasteriser;
  private cameras: SplatCamera[];
  private readonly optimisers = new Map<string, Adam>();
  private readonly logScales: Float64Array;
  private readonly logits: Float64Array;
  private readonly sh0: Float64Array;
  private readonly positions: Float64Array;
  private logFocal = 0;

  constructor(
    private readonly table: GaussianTable,
    private readonly views: readonly RefineView[],
    private readonly options: RefineOptions,
  ) {
    this.steps = options.steps;
    this.rates = { ...HELD_RATES, ...options.rates };
    this.rasteriser = options.rasteriser ?? plainRasteriser(options.background);
    this.cameras = views.map(({ camera }) => camera);
    this.logScales = Float64Array.from(table.logScales);
    this.logits = Float64Array.from(table.opacityLogits);
    this.sh0 = Float64Array.from(table.sh0);
    this.positions = Float64Array.from(table.positions);
  }

  get isDone(): boolean {
    return this.done >= this.steps;
  }

  /** One step over all views. @returns the loss before it, the mean of the views' */
  async step(): Promise<number> {
    const gaussians = this.gaussians();
    const scene = createGradients(gaussians);
    const moves: CameraGradient[] = [];
    let value = 0;
    for (const [n, { target, shown }] of this.views.entries()) {
      const opacities = shown ? Float64Array.from(gaussians.opacities, (value, i) => shown[i] * value) : null;
      const seen = opacities ? { ...gaussians, opacities } : gaussians;
      const view = await this.rasteriser.see(seen, this.cameras[n]);
      const loss = photometricLoss(view.colour, target);
      value += loss.value / this.views.length;
      const colour = loss.colour as Float64Array;
      const screen = await view.gradients(colour);
      const byLogits = opacities ? new Float64Array(gaussians.count) : scene.opacityLogits;
      const { camera } = createGradients({ count: 0, shDegree: 0 });
      chainToScene(seen, view, screen, { ...scene, opacityLogits: byLogits, camera });
      moves.push(camera);
      // s o (1 − o) stands where the chain took s o (1 − s o).
      if (opacities) {
        byLogits.forEach((by, i) => {
          scene.opacityLogits[i] += (by * (1 - gaussians.opacities[i])) / (1 - opacities[i]);
        });
      }
    }
    this.apply(scene, moves);
    this.done++;
    return value;
  }

  /** The scene and the cameras as they are now. */
  result(): { table: GaussianTable; cameras: SplatCamera[] } {
    const { table } = this;
    const out = { ...createTable(table.count, table.shDegree, table.tags) };
    out.positions.set(this.positions);
    out.logScales.set(this.logScales);
    out.quaternions.set(table.quaternions);
    out.opacityLogits.set(this.logits);
    out.sh0.set(this.sh0);
    out.shRest.set(table.shRest);
    return { table: out, cameras: this.cameras };
  }

  private gaussians(): ActiveGaussians {
    const { table } = this;
    return {
      count: table.count,
      positions: this.positions,
      scales: this.logScales.map(Math.exp),
      quaternions: table.quaternions,
      opacities: this.logits.map(sigmoid),
      shDegree: table.shDegree,
      sh0: this.sh0,
      shRest: table.shRest,
      antialiased: table.tags.antialiased,
    };
  }

  private apply(scene: SceneGradients, moves: readonly CameraGradient[]): void {
    const fall = LAST_RATE ** (this.done / Math.max(1, this.steps - 1));
    const rate = (kind: keyof RefineRates) => fall * this.rates[kind];
    if (rate('colour')) this.optimiser('colour', this.sh0.length).step(this.sh0, scene.sh0, rate('colour'));
    if (rate('opacity')) {
      this.optimiser('opacity', this.logits.length).step(this.logits, scene.opacityLogits, rate('opacity'));
    }
    if (rate('scale')) this.scaleStep(scene.logScales, rate('scale'));
    if (rate('depth')) this.depthStep(scene.positions, rate('depth'));
    this.cameraStep(moves, rate);
  }

  /** All three scales of a Gaussian by one factor: none becomes a needle to please one view. */
  private scaleStep(by: Float64Array, rate: number): void {
    const { count } = this.table;
    const factor = new Float64Array(count);
    const together = factor.map((_, i) => by[3 * i] + by[3 * i + 1] + by[3 * i + 2]);
    this.optimiser('scale', count).step(factor, together, rate);
    for (let k = 0; k < 3 * count; k++) this.logScales[k] += factor[Math.floor(k / 3)];
  }

  private depthStep(by: Float64Array, rate: number): void {
    const { count } = this.table;
    const { madeBy } = this.options;
    const centres = this.cameras.map(cameraCentre);
    const factor = new Float64Array(count);
    const along = factor.map((_, i) => {
      const centre = centres[madeBy?.[i] ?? 0];
      return [0, 1, 2].reduce((sum, n) => sum + by[3 * i + n] * (this.positions[3 * i + n] - centre[n]), 0);
    });
    this.optimiser('depth', count).step(factor, along, rate);
    for (let i = 0; i < count; i++) {
      const centre = centres[madeBy?.[i] ?? 0];
      const grown = Math.exp(factor[i]);
      for (let n = 0; n < 3; n++) {
        const k = 3 * i + n;
        this.positions[k] = centre[n] + grown * (this.positions[k] - centre[n]);
      }
    }
  }

  private cameraStep(moves: readonly CameraGradient[], rate: (kind: keyof RefineRates) => number): void {
    let lens = 0;
    if (rate('focal')) {
      const by = moves.reduce((sum, { fx, fy }, n) => sum + fx * this.cameras[n].fx + fy * this.cameras[n].fy, 0);
      const value = Float64Array.of(this.logFocal);
      this.optimiser('focal', 1).step(value, [by], rate('focal'));
      lens = value[0] - this.logFocal;
      this.logFocal = value[0];
    }
    this.cameras = this.cameras.map((camera, n) => {
      const [turn, shift] = [new Float64Array(3), new Float64Array(3)];
      if (this.views[n].moves && rate('turn')) this.optimiser(`turn ${n}`, 3).step(turn, moves[n].turn, rate('turn'));
      if (this.views[n].moves && rate('shift'))
        this.optimiser(`shift ${n}`, 3).step(shift, moves[n].shift, rate('shift'));
      return movedCamera(camera, {
        turn: [turn[0], turn[1], turn[2]],
        shift: [shift[0], shift[1], shift[2]],
        fx: camera.fx * (Math.exp(lens) - 1),
        fy: camera.fy * (Math.exp(lens) - 1),
        cx: 0,
        cy: 0,
      });
    });
  }

  private optimiser(kind: string, length: number): Adam {
    let found = this.optimisers.get(kind);
    if (!found) {
      found = new Adam(length);
      this.optimisers.set(kind, found);
    }
    return found;
  }
}
