import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { exitCodeOf } from './run-command.ts';
import { ROOT } from './tools.mjs';

export interface Outcome {
  /** Exit status. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = promisify(execFile);

/**
 * A command of scripts/ as `npm run` starts it, in a process of its own. Tests only.
 *
 * tsx's own command starts a second process that loads the same: half the time of a command that only says what is wrong.
 */
export const runScript = (script: string, args: readonly string[]): Promise<Outcome> =>
  run(process.execPath, ['--import', 'tsx', join(ROOT, 'scripts', script), ...args], { cwd: ROOT }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failed: Outcome) => failed,
  );

/** The same in this process, which has loaded the command already: for all that is told before any work, but one. */
export async function runMain(
  main: (argv: readonly string[]) => Promise<void>,
  args: readonly string[],
): Promise<Outcome> {
  const said = { log: '', error: '' };
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((text: unknown) => void (said[name] += `${text}\n`)),
  );
  try {
    return { code: await exitCodeOf(main, args), stdout: said.log, stderr: said.error };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
