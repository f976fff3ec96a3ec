import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CodedError } from '../../src/core/errors.ts';

/**
 * Runs a command's `main` where its file (`import.meta.url`) was started, not where it is imported. What a person can
 * mend is told in two sentences, anything else with its stack; both exit with 1.
 */
export function runCommand(url: string, main: (argv: readonly string[]) => Promise<void>): void {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== realpathSync(fileURLToPath(url))) return;
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof CodedError ? `${error.message} ${error.remedy}` : error);
    process.exitCode = 1;
  });
}
