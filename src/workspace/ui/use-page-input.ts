import { useEffect, useState } from 'react';
import { VIEWS } from '../../pages/match/views/index.ts';
import type { Side } from '../../core/geometry.ts';
import { readOffer } from '../photos/intake.ts';
import type { Workspace } from '../../pages/match/state/workspace.ts';

/** Number keys choose the view, wherever the focus is (but in a text field). */
export function useViewKeys(workspace: Workspace): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (workspace.store.getState().page !== 'match') return;
      const view = VIEWS[Number(event.key) - 1];
      if (view && /^\d$/.test(event.key)) workspace.updateView({ view });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [workspace]);
}

/** Pasted pictures and addresses go to the first empty slot. */
export function usePaste(workspace: Workspace): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (!event.clipboardData || isTyping(event.target)) return;
      event.preventDefault();
      void workspace.photos.take(readOffer(event.clipboardData));
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [workspace]);
}

/** Things may be dropped anywhere on the page; true while something hovers over it. */
export function useDrop(workspace: Workspace): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setIsOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // Leaving an element for another inside the page has a related target; leaving the page has none.
      if (!event.relatedTarget) setIsOver(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      if (event.dataTransfer) void workspace.photos.take(readOffer(event.dataTransfer), sideUnder(event.target));
    };
    document.addEventListener('dragover', onOver);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, [workspace]);
  return isOver;
}

/** The photo that something was dropped on: a slot, or a picture on the stage. */
function sideUnder(target: EventTarget | null): Side | undefined {
  const found =
    target instanceof Element ? target.closest<HTMLElement>('[data-slot], [data-drop-side]')?.dataset : undefined;
  const side = found?.slot ?? found?.dropSide;
  return side === 'a' || side === 'b' ? side : undefined;
}

const TEXT_INPUTS = /^(text|url|search|email|number|password|tel)$/;

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return TEXT_INPUTS.test(target.type);
  // A digit in a list of choices looks one up there.
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}
