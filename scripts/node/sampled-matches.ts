import { matchTable } from '../../src/matching/match-table.ts';
import type { PlainMatchField } from '../../src/compute/field/cpu.ts';
import { type SampleOptions, sampleMatches } from '../../src/compute/sample-matches/cpu.ts';
import type { MatchTable } from '../../src/core/match.ts';

/** Matches of a field by the project's sampling, in pixels of the files. */
export function sampledMatches(fields: PlainMatchField, options: SampleOptions): MatchTable {
  return matchTable(sampleMatches(fields, options).rows, { a: fields.a.photo, b: fields.b.photo }, fields);
}
