import { useEffect, useState } from 'react';
import type { Side } from '../../core/geometry.ts';
import { readOffer } from '../photos/intake.ts';
import { isTyping } from '../../ui/is-typing.ts';
import type { Workspace } from '../workspace.ts';

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
