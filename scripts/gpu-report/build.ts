import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from '../node/tools.mjs';
import { SMALL_SHAPES } from '../random-checkpoints/small-shapes.ts';
import { RandomWeights } from '../random-checkpoints/random-values.ts';
import { writeCheckpoint } from '../random-checkpoints/write-checkpoint.ts';
import { wgsl } from '../build/link-wgsl.ts';
import { runProcess } from './run-process.ts';

const HERE = join(ROOT, 'scripts', 'gpu-report');

/** Found at run time beside the report: they hold machine code. */
export const NATIVE = ['webgpu', 'onnxruntime-node'] as const;

/** Precisions in which a converted matcher of random weights is compared. */
const PRECISIONS = ['fp32', 'fp16'] as const;

/** The tests that compare WGSL with its CPU twin are those that open Dawn. */
export function passTests(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => readFileSync(join(ROOT, 'src', file), 'utf8').includes('gpu/testing/dawn.ts'));
}

/** Builds the report and its tests into a folder, each a module that needs Node and the native packages alone. */
export async function buildReport(folder: string, { withPasses }: { withPasses: boolean }): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const tests = withPasses ? passTests() : [];
  const input = {
    main: join(HERE, 'main.ts'),
    'run-tests': join(HERE, 'run-tests.ts'),
    ...Object.fromEntries(
      tests.map((file) => [`passes/${file.replaceAll('/', '-').replace(/\.test\.ts$/, '')}`, join(ROOT, 'src', file)]),
    ),
  };
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    plugins: [wgsl()],
    resolve: { alias: { vitest: join(HERE, 'vitest-shim.ts') } },
    ssr: { noExternal: true, external: [...NATIVE] },
    build: {
      ssr: true,
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input,
        output: { entryFileNames: '[name].mjs', chunkFileNames: 'shared/[name]-[hash].mjs' },
      },
    },
  });
}

/** The embedded model, and a converted matcher of the L2M++ family with random weights in full and half precision. */
export async function buildModels(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'public', 'models', 'embedded'), join(folder, 'embedded'), { recursive: true });
  const checkpoints = join(tmpdir(), `liftmatch-random-${process.pid}`);
  mkdirSync(checkpoints, { recursive: true });
  try {
    const random = new RandomWeights(1);
    const files = { vit: join(checkpoints, 'vit.pth'), matcher: join(checkpoints, 'matcher.pth') };
    await writeCheckpoint(files.vit, SMALL_SHAPES.vit, random);
    await writeCheckpoint(files.matcher, SMALL_SHAPES.matcher, random);
    for (const dtype of PRECISIONS) {
      const out = join(folder, `random-l2mpp-${dtype}`);
      if (existsSync(out)) continue;
      const options = ['--size', '112', '--heads', '3', '--decoder-heads', '4', '--dtype', dtype, '--no-check'];
      const command = ['tsx', 'scripts/convert.ts', files.matcher, files.vit, '--out', out, ...options];
      await runProcess('npx', command, ROOT);
    }
  } finally {
    rmSync(checkpoints, { recursive: true });
  }
}
