/**
 * What the tests of the passes take from vitest, without its command line: a packed report has neither vite nor a folder of
 * packages. Runner, matchers and spies are vitest's own.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { fn, spyOn } from '@vitest/spy';

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from '@vitest/runner';

/** What was there before a test put something in its place. */
const replaced = new Map<string, PropertyDescriptor | undefined>();

function stubGlobal(name: string, value: unknown): void {
  if (!replaced.has(name)) replaced.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
}

function unstubAllGlobals(): void {
  for (const [name, before] of replaced) {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  }
  replaced.clear();
}

export const vi = { fn, spyOn, stubGlobal, unstubAllGlobals };

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const plain = (value: unknown, message?: string) => chai.expect(value, message);

/** How long {@link poll} waits for a value, and between two looks, milliseconds. */
const POLL = { most: 1000, step: 50 } as const;

/** The one matcher that the tests wait by. */
const poll = (read: () => unknown) => ({
  async toBe(wanted: unknown): Promise<void> {
    const end = performance.now() + POLL.most;
    while (!Object.is(await read(), wanted) && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, POLL.step));
    plain(await read()).to.equal(wanted);
  },
});

export const expect = Object.assign(plain, chai.expect, {
  ...(globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT as unknown as symbol],
  poll,
});
(globalThis as unknown as Record<symbol, unknown>)[Symbol.for('expect-global')] = expect;
setState({ ...getState(expect as never), assertionCalls: 0, isExpectingAssertions: false }, expect as never);
