import { recordCheck } from './node/record-check.ts';

/** Writes the reference outputs of each model folder into its manifest: what the page compares a GPU's outputs with. */
const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('Usage: npx tsx scripts/record-check.ts MODEL_FOLDER…');
  process.exitCode = 1;
}
for (const folder of folders) {
  const { sure, places } = await recordCheck(folder);
  console.log(`${folder}: reference of ${places} places recorded, ${sure} of them sure.`);
}
