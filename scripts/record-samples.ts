import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './node/tools.mjs';
import { recordSample, sampleList } from './node/record-sample.ts';

/**
 * `npx tsx scripts/record-samples.ts`: matches every sample with the model that ships with the app and writes the match
 * beside its photos. A first visit shows it, and downloads neither runtime nor model. To be run again with other weights,
 * another search or other photos; a test says when.
 */
for (const sample of sampleList()) {
  const file = await recordSample(sample);
  writeFileSync(join(ROOT, 'public', 'samples', sample.match), file);
  console.log(`${sample.match}: ${file.length} bytes`);
}
