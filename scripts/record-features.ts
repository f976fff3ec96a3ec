import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordFeatures } from './node/record-features.ts';
import { sampleList } from './node/record-sample.ts';
import { ROOT } from './node/tools.mjs';

/**
 * `npx tsx scripts/record-features.ts`: writes features of the samples that list them, by the model that ships with the app.
 * The Compare page shows them before it downloads runtime and model. To be run again with other weights or photos; a test
 * says when.
 */
for (const sample of sampleList()) {
  if (!sample.features) continue;
  const file = await recordFeatures(sample);
  writeFileSync(join(ROOT, 'public', 'samples', sample.features), file);
  console.log(`${sample.features}: ${file.length} bytes`);
}
