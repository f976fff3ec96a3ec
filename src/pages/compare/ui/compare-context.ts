import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Compare } from '../state/compare.ts';
import type { CompareState } from '../state/types.ts';
import type { CompareSettings } from '../settings.ts';

export const CompareContext = createContext<Compare | null>(null);

export function useCompare(): Compare {
  const compare = useContext(CompareContext);
  if (!compare) throw new Error('useCompare needs a CompareContext above it');
  return compare;
}

/** A part of the comparison's state; the component draws anew when it changes (by identity). */
export function useCompareState<T>(select: (state: CompareState) => T): T {
  return useStore(useCompare().store, select);
}

/** The settings, and how to change some of them. */
export function useCompareSettings(): [CompareSettings, (patch: Partial<CompareSettings>) => void] {
  const compare = useCompare();
  return [useCompareState((state) => state.settings), (patch) => compare.update(patch)];
}
