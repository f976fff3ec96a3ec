import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../src/core/errors.ts';
import { checkSample, type Distance } from './check-sample/check.ts';
import { readSample } from './check-sample/read.ts';
import { readArguments, usage } from './node/arguments.ts';
import { runCommand } from './node/run-command.ts';

const HELP = `npx tsx scripts/check-sample.ts DIR [NAME...]
Reads samples that npm run lift wrote, with code of its own, re-projects depth1 by K and [R|t], and compares with the
exported warp (limit 0.05 px, both ways) and with the colours of image2 (which light and photometric changes alter).`;

/** Pixels. */
const LIMIT = 0.05;

async function main(argv: readonly string[]): Promise<void> {
  const { positionals, has } = readArguments({ options: [], flags: ['help'] }, argv);
  if (has('help') || argv.length === 0) return console.log(HELP);
  const [folder, ...chosen] = positionals;
  if (!existsSync(join(folder, 'warp'))) throw usage(`${folder} is not a dataset: it has no folder warp.`);
  const names = chosen.length ? chosen : readdirSync(join(folder, 'warp')).map((file) => file.replace(/\.npz$/, ''));
  const wrong: string[] = [];
  for (const name of names.sort()) {
    const { visible, forward, backward, colour, depthAgrees } = checkSample(readSample(folder, name));
    const isRight = forward.max <= LIMIT && backward.max <= LIMIT;
    if (!isRight) wrong.push(name);
    const distances = `${visible} places, ${shown(forward)} off the warp, ${shown(backward)} off the warp back`;
    const looks = `colours ${colour.toFixed(2)} of 255 apart, depth2 agrees at ${(100 * depthAgrees).toFixed(1)} %`;
    console.log(`${isRight ? 'right' : 'WRONG'}  ${name}: ${distances}; ${looks}`);
  }
  if (wrong.length) throw new CodedError('sample-wrong', `${wrong.length} of ${names.length} samples are wrong.`, '');
}

const shown = ({ mean, max }: Distance) => `${mean.toExponential(1)} px (at most ${max.toExponential(1)})`;

runCommand(import.meta.url, main);
