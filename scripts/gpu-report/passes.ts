import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PassFile } from './report.ts';

/** As run-tests.ts has it, which may not be imported: it runs. */
const RESULT_MARK = '\u0001liftmatch-tests ';

/**
 * The tests that compare WGSL with its CPU twin, each file in a process of its own: a driver that takes its process along
 * is one failure.
 * @param folder of the built tests, their paths written with dashes
 * @param only of them those whose name holds this
 */
export async function reportPasses(folder: string, runTests: string, only: string): Promise<PassFile[]> {
  const passes: PassFile[] = [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name.includes(only.replaceAll('/', '-')));
  for (const name of files.sort()) {
    const start = performance.now();
    const result = await runFile(runTests, join(folder, name));
    const pass = {
      file: name.slice(0, -'.mjs'.length),
      ...result,
      milliseconds: Math.round(performance.now() - start),
    };
    console.log(`${pass.failed.length ? '✗' : '✓'} ${pass.file} (${pass.tests} tests, ${pass.milliseconds} ms)`);
    passes.push(pass);
  }
  return passes;
}

async function runFile(runTests: string, file: string): Promise<Pick<PassFile, 'tests' | 'failed'>> {
  const command = [runTests, file];
  const { stdout = '', message } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 26 }).then(
    (done) => ({ stdout: done.stdout, message: '' }),
    (error: { stdout?: string; message: string }) => ({ stdout: error.stdout, message: error.message }),
  );
  const line = stdout.split('\n').find((text) => text.startsWith(RESULT_MARK));
  if (line) return JSON.parse(line.slice(RESULT_MARK.length));
  return { tests: 0, failed: [message.split('\n')[0] || 'its process ended without a word'] };
}
