import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Scene } from '../state/scene.ts';
import type { SceneState } from '../state/types.ts';

export const SceneContext = createContext<Scene | null>(null);

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (!scene) throw new Error('useScene needs a SceneContext above it');
  return scene;
}

/** A part of the page's state; the component draws anew when it changes (by identity). */
export function useSceneState<T>(select: (state: SceneState) => T): T {
  return useStore(useScene().store, select);
}
