import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CodedError } from '../../src/core/errors.ts';

/**
 * Runs a command's `main` where its file (`import.meta.url`) was started, not where it is imported. What a person can
 * mend is told in two sentences, anything else with its stack; both exit with 1.
 */
export function runCommand(url: string, main: (argv: readonly string[]) => Promise<void>): void {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== realpathSync(fileURLToPath(url))) return;
  void exitCodeOf(main, process.argv.slice(2)).then((code) => {
    if (code) process.exitCode = code;
  });
}

/** Runs a command's `main` and tells what went wrong. */
export async function exitCodeOf(
  main: (argv: readonly string[]) => Promise<void>,
  argv: readonly string[],
): Promise<0 | 1> {
  try {
    await main(argv);
    return 0;
  } catch (error) {
    console.error(error instanceof CodedError ? `${error.message} ${error.remedy}` : error);
    return 1;
  }
}
