import { describe, expect, it } from 'vitest';
import { DeviceLoss, WorkerDeath } from '../platform/worker/worker-client.ts';
import type { WorkerKind } from '../platform/worker/worker-kind.ts';
import { GpuLosses } from './gpu-losses.ts';

const MATCHING: WorkerKind = { code: 'engine', name: 'engine', crashRemedy: '' };
const SCENES: WorkerKind = { code: 'scene', name: 'scene worker', crashRemedy: '' };
const loss = (kind = MATCHING) => new DeviceLoss(kind, 'it hung');

function sessionOf(text: string | null = null) {
  const storage = {
    text,
    getItem: () => storage.text,
    setItem: (_: string, value: string) => (storage.text = value),
    removeItem: () => (storage.text = null),
  };
  return { storage, get: () => storage as unknown as Storage };
}

function make(session: () => Storage | null = () => null) {
  const clock = { now: 0 };
  return { clock, losses: new GpuLosses(session, () => clock.now) };
}

describe('losses of the graphics device', () => {
  it('twice in a row end the use of the GPU, with a sentence why', () => {
    const { losses } = make();
    expect(losses.hear(loss())).toBe(false);
    expect(losses.avoided).toBeNull();
    expect(losses.hear(loss())).toBe(true);
    expect(losses.avoided).toBe(
      'The graphics device was lost twice in a row (it hung), so this page goes on without it.',
    );
    // A worker that still had one of its own.
    expect(losses.hear(loss(SCENES))).toBe(true);
  });

  it('with work done between them do not, unless there are three within ten minutes', () => {
    const { losses, clock } = make();
    for (let i = 0; i < 6; i++) {
      expect(losses.hear(loss())).toBe(false);
      losses.confirm();
      clock.now += 400_000;
    }
    clock.now += 600_000;
    expect(losses.hear(loss())).toBe(false);
    losses.confirm();
    clock.now += 60_000;
    expect(losses.hear(loss())).toBe(false);
    losses.confirm();
    clock.now += 60_000;
    expect(losses.hear(loss())).toBe(true);
    expect(losses.avoided).toContain('three times within ten minutes');
  });

  it('of several workers at once are one: the GPU’s process has died', () => {
    const { losses, clock } = make();
    losses.hear(loss());
    clock.now += 500;
    expect(losses.hear(loss(SCENES))).toBe(false);
    clock.now += 30_000;
    expect(losses.hear(loss(SCENES))).toBe(true);
  });

  it('are not what a worker dies of otherwise', () => {
    const { losses } = make();
    for (let i = 0; i < 5; i++) expect(losses.hear(new WorkerDeath('engine-crashed', 'It crashed.'))).toBe(false);
    expect(losses.avoided).toBeNull();
  });

  it('are remembered for the session, until the GPU is to be tried again', () => {
    const { storage, get } = sessionOf();
    const first = make(get).losses;
    first.hear(loss());
    first.hear(loss());
    const reloaded = make(get).losses;
    expect(reloaded.avoided).toBe(first.avoided);
    reloaded.forget();
    expect(reloaded.avoided).toBeNull();
    expect(storage.text).toBeNull();
    expect(reloaded.hear(loss())).toBe(false);
  });

  it('last as long as the page where storage is forbidden', () => {
    const { losses } = make(() => {
      throw new DOMException('no', 'SecurityError');
    });
    losses.hear(loss());
    expect(losses.hear(loss())).toBe(true);
    losses.forget();
    expect(losses.avoided).toBeNull();
  });
});
