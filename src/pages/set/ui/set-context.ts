import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { PhotoSet } from '../state/photo-set.ts';
import type { SetState } from '../state/types.ts';

export const SetContext = createContext<PhotoSet | null>(null);

export function useSet(): PhotoSet {
  const set = useContext(SetContext);
  if (!set) throw new Error('useSet needs a SetContext above it');
  return set;
}

/** A part of the page's state; the component draws anew when it changes (by identity). */
export function useSetState<T>(select: (state: SetState) => T): T {
  return useStore(useSet().store, select);
}
