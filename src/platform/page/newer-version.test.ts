import { expect, test, vi } from 'vitest';
import { watchVersion } from './newer-version.ts';

/** A window whose tab can be looked at and left. */
function fakeWindow() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  return { win: { document } as unknown as Window, look: () => document.dispatchEvent(new Event('visibilitychange')) };
}

test('a tab left for long asks once it is looked at again, and tells a newer build once', async () => {
  vi.useFakeTimers({ now: 0 });
  try {
    const { win, look } = fakeWindow();
    const isNewer = vi.fn(async () => true);
    const onNewer = vi.fn();
    watchVersion(win, onNewer, isNewer);
    look();
    expect(isNewer).not.toHaveBeenCalled();
    vi.setSystemTime(31 * 60_000);
    look();
    await vi.waitFor(() => expect(onNewer).toHaveBeenCalledTimes(1));
    vi.setSystemTime(90 * 60_000);
    look();
    await Promise.resolve();
    expect(isNewer).toHaveBeenCalledTimes(1);
    expect(onNewer).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test('the same build is asked about again, but not at every look', async () => {
  vi.useFakeTimers({ now: 0 });
  try {
    const { win, look } = fakeWindow();
    const isNewer = vi.fn(async () => false);
    const stop = watchVersion(win, () => {}, isNewer);
    vi.setSystemTime(31 * 60_000);
    look();
    look();
    expect(isNewer).toHaveBeenCalledTimes(1);
    vi.setSystemTime(62 * 60_000);
    look();
    expect(isNewer).toHaveBeenCalledTimes(2);
    stop();
    vi.setSystemTime(99 * 60_000);
    look();
    expect(isNewer).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});
