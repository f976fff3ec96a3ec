import { type DragEvent, useState } from 'react';

/** A field of a dialog that takes drops: the page behind, which takes photos, must not see them. */
export function useDropZone(onDrop: (transfer: DataTransfer) => void) {
  const [isOver, setIsOver] = useState(false);
  const take = (event: DragEvent, over: boolean) => {
    event.preventDefault();
    event.stopPropagation();
    setIsOver(over);
  };
  return {
    'data-over': isOver,
    onDragEnter: (event: DragEvent) => take(event, true),
    onDragOver: (event: DragEvent) => take(event, true),
    onDragLeave: (event: DragEvent) => take(event, false),
    onDrop: (event: DragEvent) => {
      take(event, false);
      onDrop(event.dataTransfer);
    },
  };
}
