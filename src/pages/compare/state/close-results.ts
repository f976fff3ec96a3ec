import { bitmapsOf } from '../contract.ts';
import type { Column, ColumnResult } from './types.ts';

type Columns = Readonly<Record<string, Column>>;

/** Frees the bitmaps of a result that no column shows. */
export function closeResult(result: ColumnResult | null): void {
  if (result?.page === 'components') bitmapsOf(result.pictures).forEach((bitmap) => bitmap.close());
}

/** Frees what the columns showed before and show no more: the state owns its results' bitmaps. */
export function closeReplaced(now: Columns, before: Columns): void {
  if (now === before) return;
  for (const [id, { result }] of Object.entries(before)) if (result !== now[id]?.result) closeResult(result);
}
