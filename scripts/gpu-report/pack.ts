import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../../src/core/errors.ts';
import { buildModels, buildReport } from './build.ts';
import { runProcess } from './run-process.ts';

/** The program that starts the report where no Node is installed. */
const START = `#!/bin/sh
# Reports on this machine's GPU: ./gpu-report [--help]. Needs a driver, nothing else; sends nothing anywhere.
here=$(cd "\${0%/*}" && pwd)
exec "$here/bin/node" "$here/main.mjs" "$@"
`;

const READ_ME = `Whether this machine's GPU computes what its CPU does, and how fast: ./gpu-report
Options: ./gpu-report --help. Results: gpu-report.json and gpu-report.md in the folder you start it from.

Needs: Linux on x86-64 (what it was packed on), a graphics driver with Vulkan and its loader (Debian: libvulkan1).
`;

/**
 * Everything that a bare machine without network needs for a report, as one .tar.xz: Node itself, Dawn, onnxruntime, the
 * built report with the tests of all passes, and the models.
 * @param out name of the archive
 * @throws CodedError `pack-platform` on anything but Linux
 */
export async function packReport(out: string): Promise<number> {
  if (process.platform !== 'linux')
    throw new CodedError('pack-platform', 'A pack is made on Linux.', 'Run npm run gpu-report here without --pack.');
  const name = basename(out).replace(/\.tar\.xz$/, '');
  const folder = join(dirname(out), name);
  if (existsSync(folder))
    throw new CodedError('file-exists', `${folder} is there already.`, 'Remove it, or choose another name.');
  try {
    await buildReport(folder, { withPasses: true });
    await buildModels(join(folder, 'models'));
    mkdirSync(join(folder, 'bin'));
    cpSync(process.execPath, join(folder, 'bin', 'node'));
    chmodSync(join(folder, 'bin', 'node'), 0o755);
    copyNative(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'gpu-report'), START, { mode: 0o755 });
    writeFileSync(join(folder, 'README.txt'), READ_ME);
    await stripped(folder);
    // Nearly all of it is x86 code, which xz packs better where it knows that.
    const xz = process.arch === 'x64' ? 'xz --x86 --lzma2=preset=9e' : 'xz -9e';
    await runProcess('tar', ['-C', dirname(out), '-I', xz, '-cf', out, name], process.cwd());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return statSync(out).size;
}

/** Native code without its symbols, where this machine can take them off: nobody debugs on the other one. */
async function stripped(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name === join('bin', 'node') || /\.(node|so[.\d]*)$/.test(name),
  );
  for (const file of files) {
    const path = join(folder, file);
    chmodSync(path, 0o755);
    await runProcess('strip', ['--strip-unneeded', path], process.cwd()).catch(() => {});
  }
}

/** The native packages, of them what this platform loads. */
function copyNative(modules: string): void {
  const { resolve } = createRequire(import.meta.url);
  const platform = `${process.platform}-${process.arch}`;
  const dawn = dirname(resolve('webgpu'));
  const ort = dirname(dirname(resolve('onnxruntime-node')));
  const common = dirname(dirname(dirname(createRequire(join(ort, 'dist', 'index.js')).resolve('onnxruntime-common'))));
  const copy = (from: string, to: string, parts: readonly string[]) => {
    for (const part of parts) cpSync(join(from, part), join(modules, to, part), { recursive: true });
  };
  copy(dawn, 'webgpu', ['package.json', 'index.js', join('dist', platform)]);
  copy(ort, 'onnxruntime-node', ['package.json', 'dist', join('bin', 'napi-v6', process.platform, process.arch)]);
  copy(common, 'onnxruntime-common', ['package.json', 'dist']);
}
