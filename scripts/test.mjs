import { capture, findOrInstallChromium, installNumpy, installPackages } from './node/tools.mjs';

// `npm test`: installs what the tests need, a Chromium included, and runs them all. The last line counts the tests.
installPackages();
const chromium = findOrInstallChromium();
installNumpy();
const env = { ...process.env, CHROME_PATH: chromium, FORCE_COLOR: '0', NO_COLOR: '1' };
const shell = process.platform === 'win32';

/** Steps by what they wait for: those of one group run at once, each told when it is over. */
const groups = [
  [
    { name: 'format and lint', args: ['biome', 'check', '--error-on-warnings', '.'] },
    { name: 'types', args: ['tsc', '--noEmit'] },
    { name: 'build', args: ['vite', 'build', '--logLevel', 'warn'] },
  ],
  [{ name: 'unit tests', args: ['vitest', 'run'], count: countVitest }],
  [{ name: 'browser tests', args: ['playwright', 'test'], count: countPlaywright }],
];

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const steps of groups) {
  const isAlone = steps.length === 1;
  const outcomes = steps.map(async (step) => {
    if (isAlone) console.log(`\n== ${step.name}`);
    const { status, output } = await capture('npx', step.args, { env, shell, isShown: isAlone });
    if (!isAlone) console.log(`\n== ${step.name}\n${output}`);
    const counted = step.count?.(output);
    for (const key of Object.keys(totals)) totals[key] += counted?.[key] ?? 0;
    // A step that breaks without a failed test of its own (types, build, a crash) is one failure.
    if (status !== 0 && !counted?.failed) totals.failed++;
  });
  await Promise.all(outcomes);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed || !totals.passed ? 1 : 0);

function countVitest(output) {
  const line = output.match(/^\s*Tests\s+(.*)$/m)?.[1] ?? '';
  const read = (word) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: read('passed'), failed: read('failed'), skipped: read('skipped') + read('todo') };
}

function countPlaywright(output) {
  const read = (word) => Number(output.match(new RegExp(`^\\s*(\\d+) ${word}`, 'm'))?.[1] ?? 0);
  return {
    passed: read('passed') + read('flaky'),
    failed: read('failed') + read('did not run'),
    skipped: read('skipped'),
  };
}
