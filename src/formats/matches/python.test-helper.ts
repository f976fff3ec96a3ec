import { execFileSync, spawnSync } from 'node:child_process';

/** Debian's own Python has Debian's modules, whatever stands first in the PATH. */
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'];

/** A Python that has this module; null where there is none, and tests that read our files by it are left out. */
export function pythonWith(module: string): string | null {
  const works = (python: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0;
  return PYTHONS.find((python): python is string => python !== undefined && works(python)) ?? null;
}

/** What the script prints as JSON. */
export const askPython = (python: string, script: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync(python, ['-c', script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 }));
