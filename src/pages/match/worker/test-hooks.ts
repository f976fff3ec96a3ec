import type { Diagnostics } from '../contract/test-hooks.ts';

/** The engine's counters, as they stand when a test asks. */
export interface Watched {
  modelRuns(): number;
  framesDrawn(): number;
  gpuBytes(): number;
  resetModelRuns(): void;
  destroyDevice(): void;
}

/** What tests watch and do in the engine's worker. Loaded for them alone: it counts by putting itself before WebGPU. */
export class TestHooks {
  private readonly mapAsync = countMapAsync();
  private atMatch = 0;
  private beforeDraw = 0;

  constructor(private readonly watched: Watched) {}

  /** A match has its model, checked where that was due. */
  modelLoaded(): void {
    this.atMatch = this.mapAsync.count;
  }

  /** Its first picture is on the stage. */
  firstPicture(): void {
    this.beforeDraw = this.mapAsync.count - this.atMatch;
  }

  diagnostics(reset = false): Diagnostics {
    const { watched } = this;
    const report = {
      mapAsyncCalls: this.mapAsync.count,
      mapAsyncBeforeDraw: this.beforeDraw,
      modelRuns: watched.modelRuns(),
      framesDrawn: watched.framesDrawn(),
      gpuBytes: watched.gpuBytes(),
    };
    if (reset) {
      this.mapAsync.count = 0;
      watched.resetModelRuns();
    }
    return report;
  }

  destroyDevice(): void {
    this.watched.destroyDevice();
  }
}

/** Counts every mapAsync of this worker from now on, onnxruntime's too: the proof that a match reads nothing back. */
function countMapAsync(): { count: number } {
  const counter = { count: 0 };
  if (typeof GPUBuffer === 'undefined') return counter;
  const original = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (this: GPUBuffer, ...args: Parameters<GPUBuffer['mapAsync']>) {
    counter.count++;
    return original.apply(this, args);
  };
  return counter;
}
