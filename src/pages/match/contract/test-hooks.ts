/** What tests are told of the engine: counters since start or their last reset. */
export interface Diagnostics {
  mapAsyncCalls: number;
  /** Of the last match, between its model's loading and its first picture: 0 where the models run on WebGPU. */
  mapAsyncBeforeDraw: number;
  modelRuns: number;
  framesDrawn: number;
  gpuBytes: number;
}

/** Calls of tests. They throw `test-only` where the engine was not started for a test. */
export interface TestApi {
  diagnostics(options: { reset?: boolean }): Diagnostics;
  /** Destroying the device on purpose proves the recovery. */
  destroyDevice(options: Record<string, never>): void;
}
