/** What tests set before the page's code runs; `?test` in the address says the same. */
export const TEST_FLAG = 'liftMatchTest';

/** Whether tests look on. Read once: the address is rewritten as the person works. */
const isTest =
  TEST_FLAG in globalThis || (typeof location !== 'undefined' && new URLSearchParams(location.search).has('test'));

/** Only then are the hooks of tests loaded and answered. */
export const isTestRun = (): boolean => isTest;
