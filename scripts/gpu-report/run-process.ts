import { spawn } from 'node:child_process';

/** Runs a program to its end, its output on this one's. @throws Error where it fails */
export function runProcess(program: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args[0]} ended with code ${code}.`)),
    );
  });
}
