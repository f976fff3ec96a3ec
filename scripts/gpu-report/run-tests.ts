import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTests, type Task, type VitestRunner, type VitestRunnerConfig } from '@vitest/runner';
import './vitest-shim.ts';

/** What one file's tests came to, as a line of JSON after this mark: libraries print, too. */
export const RESULT_MARK = '\u0001liftmatch-tests ';

/** As vite.config.ts has it; shaders compiled on a processor take long. */
const TIMEOUT = 60_000;

const CONFIG: VitestRunnerConfig = {
  root: process.cwd(),
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: true,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  testTimeout: TIMEOUT,
  hookTimeout: TIMEOUT,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};

const runner: VitestRunner = {
  config: CONFIG,
  importFile: (path) => import(pathToFileURL(path).href),
};

/** Every test of a suite, deeply, with the names of the suites around it. */
function testsOf(tasks: readonly Task[], around = ''): { name: string; state: string | undefined }[] {
  return tasks.flatMap((task) => {
    const name = around ? `${around} > ${task.name}` : task.name;
    return task.type === 'suite' ? testsOf(task.tasks, name) : [{ name, state: task.result?.state }];
  });
}

const [file] = await startTests([resolve(process.argv[2])], runner);
const tests = testsOf(file.tasks);
const failed = tests.filter(({ state }) => state === 'fail').map(({ name }) => name);
// A file that could not be run at all, or whose hooks failed, may have no test to blame.
if (file.result?.state === 'fail' && failed.length === 0)
  failed.push(file.result.errors?.[0]?.message.split('\n')[0] ?? 'the file could not be run');
const ran = tests.filter(({ state }) => state === 'pass' || state === 'fail').length;
process.stdout.write(`\n${RESULT_MARK}${JSON.stringify({ tests: ran, failed })}\n`);
// Dawn's threads may outlive the tests.
process.exit(0);
