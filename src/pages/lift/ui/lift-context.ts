import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Lift } from '../state/lift.ts';
import type { LiftState } from '../state/types.ts';

export const LiftContext = createContext<Lift | null>(null);

export function useLift(): Lift {
  const lift = useContext(LiftContext);
  if (!lift) throw new Error('useLift needs a LiftContext above it');
  return lift;
}

/** A part of the studio's state; the component draws anew when it changes (by identity). */
export function useLiftState<T>(select: (state: LiftState) => T): T {
  return useStore(useLift().store, select);
}
