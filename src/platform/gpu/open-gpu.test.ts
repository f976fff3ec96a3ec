import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serving } from '../worker/serving.ts';
import { openGpu, openGpuOf } from './open-gpu.ts';
import { lossesTold, takeDevice, watchDevice } from './watch-device.ts';

/** How a driver can be ill. */
interface Illness {
  adapter?: 'none' | 'never' | 'throws';
  /** Of `requestDevice`: what it refuses. */
  refuses?: 'all' | 'limits';
  /** Of the first reading back. */
  read?: 'rejects' | 'never' | 'zeros' | 'noise';
  /** Browsers differ in what they tell. */
  info?: null;
  /** The adapter's limits. */
  limits?: Record<string, number>;
}

/** Destroyed after each test: none stays watched. */
const made: GPUDevice[] = [];

type ErrorListener = (event: { error: { message: string } }) => void;

/** As much of WebGPU as opening a device and watching it needs, with a driver that is ill as said. */
function fakeGpu({ adapter = undefined, refuses, read, info, limits = { maxBufferSize: 7 } }: Illness = {}) {
  const never = new Promise<never>(() => {});
  let lose!: (info: { reason: string; message: string }) => void;
  const lost = new Promise<{ reason: string; message: string }>((resolve) => (lose = resolve));
  const listeners = new Set<ErrorListener>();
  const asked: GPUDeviceDescriptor[] = [];
  const seen = { destroyed: 0 };
  let written = new Uint8Array();
  const staging = {
    mapAsync: async () => {
      if (read === 'rejects') throw new DOMException('Device was lost.', 'AbortError');
      if (read === 'never') await never;
    },
    getMappedRange: () => {
      if (read === 'zeros') return new ArrayBuffer(written.length);
      if (read === 'noise') return Uint8Array.from(written, (byte, i) => byte ^ (i === 3 ? 1 : 0)).buffer;
      return written.buffer;
    },
    destroy: () => {},
  };
  const queue = {
    writeBuffer: (_: unknown, __: number, data: Uint32Array) =>
      (written = new Uint8Array(data.buffer.slice(0) as ArrayBuffer)),
    submit: () => {},
    onSubmittedWorkDone: vi.fn(async () => {}),
  };
  const device = {
    lost,
    queue,
    createBuffer: () => staging,
    createCommandEncoder: () => ({ copyBufferToBuffer: () => {}, finish: () => ({}) }),
    destroy: () => {
      seen.destroyed++;
      lose({ reason: 'destroyed', message: 'Device was destroyed.' });
    },
    addEventListener: (_: string, listener: ErrorListener) => listeners.add(listener),
    removeEventListener: (_: string, listener: ErrorListener) => listeners.delete(listener),
  };
  const found = {
    ...(info !== null && { info: { vendor: 'acme', architecture: '', device: '', description: '' } }),
    limits,
    features: new Set(['shader-f16']),
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      asked.push(descriptor);
      if (refuses === 'all' || (refuses === 'limits' && descriptor.requiredLimits)) throw new TypeError('too much');
      return device;
    },
  };
  const api = {
    requestAdapter: async () => {
      if (adapter === 'throws') throw new DOMException('no', 'OperationError');
      if (adapter === 'never') await never;
      return adapter === 'none' ? null : found;
    },
  };
  made.push(device as unknown as GPUDevice);
  const report = (error: { message: string }) => listeners.forEach((listener) => listener({ error }));
  return { api: api as unknown as GPU, device: device as unknown as GPUDevice, queue, lose, report, asked, seen };
}

beforeEach(() => {
  vi.stubGlobal('GPUBufferUsage', { COPY_SRC: 4, COPY_DST: 8, MAP_READ: 1 });
  vi.stubGlobal('GPUMapMode', { READ: 1 });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const device of made.splice(0)) device.destroy();
  await lossesTold();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  serving.calls = 0;
});

describe('opening the GPU', () => {
  it('gives a device that hands back what it was given', async () => {
    const { api, asked } = fakeGpu();
    const { gpu, reason } = await openGpuOf(api);
    expect(reason).toBe('');
    expect(gpu?.info.vendor).toBe('acme');
    // Limits that this browser does not know are not asked for.
    expect(asked).toMatchObject([{ requiredLimits: { maxBufferSize: 7 }, requiredFeatures: ['shader-f16'] }]);
    expect(Object.keys(asked[0].requiredLimits!)).toEqual(['maxBufferSize']);
  });

  it.each<[string, Illness, RegExp]>([
    ['no adapter', { adapter: 'none' }, /no graphics adapter/],
    ['a request that fails', { adapter: 'throws' }, /no/],
    ['a request that is never answered', { adapter: 'never' }, /does not answer/],
    ['no device', { refuses: 'all' }, /acme\) gave no device/],
    ['a device that dies at once', { read: 'rejects' }, /acme\) lost its device at once/],
    ['a queue that never finishes', { read: 'never' }, /acme\) does not answer/],
    ['zeros', { read: 'zeros' }, /acme\) does not hand back/],
    ['a byte that changes', { read: 'noise' }, /acme\) does not hand back/],
  ])('goes on without it where there is %s, and says so', async (_, illness, words) => {
    const { api, seen } = fakeGpu(illness);
    const { gpu, reason } = await openGpuOf(api, 20);
    expect(gpu).toBeNull();
    expect(reason).toMatch(words);
    expect(seen.destroyed).toBe(illness.read ? 1 : 0);
  });

  it('takes what WebGPU guarantees where a driver does not keep what its adapter promises', async () => {
    const { api, asked } = fakeGpu({ refuses: 'limits' });
    expect((await openGpuOf(api)).gpu).not.toBeNull();
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual({ label: 'liftmatch' });
  });

  it('does without the name of an adapter that tells none', async () => {
    const { gpu } = await openGpuOf(fakeGpu({ info: null }).api);
    expect(gpu).toMatchObject({ isFallback: false, info: { vendor: '' } });
  });

  it('is not tried where the page goes on without it', async () => {
    expect(await openGpu('It was lost.')).toEqual({ gpu: null, reason: 'It was lost.' });
  });
});

describe('a device that is watched', () => {
  const watched = () => {
    const made = fakeGpu();
    const told: string[] = [];
    const lose = watchDevice({ device: made.device, isFallback: false }, (reason) => told.push(reason));
    return { ...made, told, loseIt: lose };
  };

  it('tells its loss once, whoever destroyed it, before the failures that come of it', async () => {
    const { device, told, report } = watched();
    device.destroy();
    await lossesTold();
    expect(told).toEqual(['Device was destroyed.']);
    report({ message: 'late' });
    expect(told).toHaveLength(1);
  });

  it('tells that its memory is full, and errors that nobody asked for', () => {
    class GPUOutOfMemoryError {
      readonly message = 'Failed to allocate\nat …';
    }
    const full = watched();
    full.report(new GPUOutOfMemoryError());
    expect(full.told).toEqual(['its memory is full: Failed to allocate']);
    const invalid = watched();
    invalid.report({ message: 'Buffer is invalid.' });
    expect(invalid.told).toEqual(['it reports an error: Buffer is invalid.']);
  });

  it('tells that it hangs while somebody waits for it, after a minute in which it could have answered', async () => {
    vi.useFakeTimers();
    const { queue, told } = watched();
    queue.onSubmittedWorkDone.mockImplementation(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(120_000);
    // Nobody waits.
    expect(queue.onSubmittedWorkDone).not.toHaveBeenCalled();
    serving.calls = 1;
    await vi.advanceTimersByTimeAsync(55_000);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['it has not answered for 60 seconds']);
  });

  it('that answers is left alone, however long the work', async () => {
    vi.useFakeTimers();
    const { told } = watched();
    serving.calls = 1;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(told).toEqual([]);
  });

  it('is as good as lost where its first use fails, but not for a part of the app that is not there', async () => {
    const told: string[] = [];
    const take = (thrown: Error) =>
      takeDevice(
        { device: fakeGpu().device, isFallback: false },
        (reason) => told.push(reason),
        () => {
          throw thrown;
        },
      );
    await expect(take(new TypeError('Failed to fetch dynamically imported module: x.js'))).rejects.toThrow();
    expect(told).toEqual([]);
    await expect(take(new Error('The GPU refused the pass “draw”.'))).rejects.toThrow();
    expect(told).toEqual(['The GPU refused the pass “draw”.']);
  });
});
