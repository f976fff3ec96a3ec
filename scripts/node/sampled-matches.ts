import { matchTable } from '../../src/engine/match-table.ts';
import type { PlainMatchField } from '../../src/gpu/reference/field.ts';
import { type SampleOptions, sampleMatches } from '../../src/gpu/reference/sample-matches.ts';
import type { MatchTable } from '../../src/shared/protocol.ts';

/** Matches of a field by the project's sampling, in pixels of the files. */
export function sampledMatches(fields: PlainMatchField, options: SampleOptions): MatchTable {
  return matchTable(sampleMatches(fields, options).rows, { a: fields.a.photo, b: fields.b.photo });
}
