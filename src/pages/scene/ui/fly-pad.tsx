import type { CSSProperties } from 'react';

/** What the keys that fly do, for fingers: code of the key, words, sign, and place in the grid (row, column). */
const KEYS = [
  ['KeyW', 'Fly forward', '↑', 1, 2],
  ['KeyE', 'Rise', '⤒', 1, 3],
  ['KeyA', 'Fly left', '←', 2, 1],
  ['KeyS', 'Fly back', '↓', 2, 2],
  ['KeyD', 'Fly right', '→', 2, 3],
  ['KeyQ', 'Sink', '⤓', 1, 1],
] as const;

/** Shown where there is a touch screen: one flies for as long as a finger is on a button. */
export function FlyPad({ press }: { press: (code: string, isDown: boolean) => void }) {
  return (
    <div className="scene-pad" role="group" aria-label="Fly">
      {KEYS.map(([code, label, sign, row, column]) => (
        <button
          key={code}
          type="button"
          aria-label={label}
          className="icon-button"
          style={{ gridArea: `${row} / ${column}` } satisfies CSSProperties}
          onPointerDown={(event) => {
            // The finger may slide off; it is told here where it is lifted.
            event.currentTarget.setPointerCapture(event.pointerId);
            press(code, true);
          }}
          onPointerUp={() => press(code, false)}
          onPointerCancel={() => press(code, false)}
          onContextMenu={(event) => event.preventDefault()}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
