import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CpuBackend } from '../../src/matching/backend/cpu-backend.ts';
import { FeatureCache } from '../../src/matching/feature-cache.ts';
import { Matcher } from '../../src/matching/matcher.ts';
import { PairMatcher } from '../../src/matching/pair-matcher.ts';
import { parseManifest } from '../../src/models/manifest.ts';
import { NodeRuntime } from './ort-node.ts';
import { ROOT } from './tools.mjs';

export const MODELS = join(ROOT, 'public', 'models');

/** Ids of the models in the catalogue; the first is the default. */
export function modelIds(): string[] {
  return (JSON.parse(readFileSync(join(MODELS, 'index.json'), 'utf8')) as { id: string }[]).map(({ id }) => id);
}

/** The engine's matcher on the native runtime. `model`: an id of the catalogue, or the path of a manifest. */
export async function loadMatcher(model: string, runtime = new NodeRuntime()) {
  const path = model.endsWith('.json') ? model : join(MODELS, model, 'manifest.json');
  const manifest = parseManifest(JSON.parse(readFileSync(path, 'utf8')), path);
  const matcher = await Matcher.load(manifest, runtime, async (file) => {
    const bytes = readFileSync(join(dirname(path), file.file));
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash !== file.sha256) throw new Error(`${file.file}: sha256 ${hash}, the manifest says ${file.sha256}`);
    return bytes;
  });
  return new PairMatcher(matcher, new CpuBackend(runtime), new FeatureCache());
}
