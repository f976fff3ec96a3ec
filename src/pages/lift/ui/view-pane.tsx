import { localPoint } from '../../../ui/pointer.ts';
import { useEffect, useRef, useLayoutEffect, type PointerEvent as ReactPointerEvent } from 'react';
import type { Point, Side } from '../../../core/geometry.ts';
import { LIFT_PICTURES, type LiftPicture } from '../contract/api.ts';
import { DEFAULT_LIFT } from '../contract/settings.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { FitIcon, SaveIcon } from '../../../ui/icons.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { LegendFigure } from '../../../ui/legend-figure.tsx';
import { useElementSize } from '../../../ui/use-element-size.ts';
import { LightHandles } from './light-handles.tsx';
import { useLift, useLiftState } from './lift-context.ts';
import { pictureRect, toPicture } from './pane-geometry.ts';
import { ProbeMarks } from './probe-marks.tsx';
import { legendOf, PICTURE_NAMES, SCORED_PICTURES, SIDE_NAMES } from './texts.ts';
import { useViewGestures } from './use-view-gestures.ts';

const FIRST_ROTATION = String(DEFAULT_LIFT.motion.rotation);

/** One of the two views: what is drawn of it, and what hands can do on it. */
export function ViewPane({ side }: { side: Side }) {
  const lift = useLift();
  const epoch = useLiftState((state) => state.epoch);
  const display = useLiftState((state) => state.display);
  const facts = useLiftState((state) => state.facts);
  const hasScore = useLiftState((state) => state.score !== null && !state.isScoreOld);
  const isUntouched = useLiftState((state) => String(state.settings.motion.rotation) === FIRST_ROTATION);
  const surface = useRef<HTMLDivElement>(null);
  const size = useElementSize(surface);
  const picture = display.pictures[side];
  const rect = facts && size.width > 0 ? pictureRect(size, facts.size) : null;

  useEffect(() => {
    if (size.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    lift.resize(side, { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) });
  }, [lift, side, size]);

  const onHover = (point: Point | null) => {
    const place = point && rect && facts && toPicture(rect, facts.size, point);
    if (place) lift.probing.move(side, place.x, place.y);
    else lift.probing.leave();
  };
  const save = () =>
    lift.link
      .call('exportFrame', { format: 'picture', side })
      .then(({ blob, name }) => saveFile(blob, name))
      .catch((thrown: unknown) => lift.report(thrown));
  const gestures = useViewGestures(surface, { width: rect?.width ?? size.width, onHover });
  const at = (event: ReactPointerEvent): Point => localPoint(event.currentTarget as HTMLElement, event);
  const hands =
    side === 'b'
      ? {
          ...gestures,
          role: 'application',
          tabIndex: 0,
          'aria-label':
            'New view. Arrow keys turn it, Shift and arrows shift it, plus and minus go nearer and away, 0 resets.',
        }
      : {
          onPointerDown: (event: ReactPointerEvent) => onHover(at(event)),
          onPointerMove: (event: ReactPointerEvent) => onHover(at(event)),
          onPointerLeave: (event: ReactPointerEvent) => event.pointerType !== 'touch' && onHover(null),
        };

  return (
    <section className="lift-pane" data-pane={side} aria-label={SIDE_NAMES[side]}>
      <header className="lift-pane-head">
        <h2>{SIDE_NAMES[side]}</h2>
        <select
          aria-label={`Picture of the ${SIDE_NAMES[side].toLowerCase()}`}
          value={picture}
          onChange={(event) => lift.show(side, event.target.value as LiftPicture)}
        >
          {LIFT_PICTURES.map((name) => (
            <option key={name} value={name}>
              {PICTURE_NAMES[name]}
            </option>
          ))}
        </select>
        {side === 'b' && (
          <IconButton label="Reset the view" onClick={() => lift.resetView()}>
            <FitIcon />
          </IconButton>
        )}
        <IconButton
          label={`Save the ${SIDE_NAMES[side].toLowerCase()} as PNG`}
          disabled={!facts}
          onClick={() => void save()}
        >
          <SaveIcon />
        </IconButton>
      </header>
      <div className="lift-surface" ref={surface} data-drop-side={side} {...hands}>
        <PaneCanvas key={epoch} side={side} />
        {rect && facts && (
          <>
            <ProbeMarks side={side} rect={rect} size={facts.size} />
            <LightHandles side={side} rect={rect} size={facts.size} />
          </>
        )}
        {side === 'b' && facts && isUntouched && picture === 'colour' && (
          <p className="lift-hint">Drag to look around. Wheel or pinch to go nearer.</p>
        )}
        {SCORED_PICTURES.includes(picture) && facts && !hasScore && (
          <p className="lift-hint">Shown once this view has been scored.</p>
        )}
      </div>
      <div className="lift-legend">
        <LegendFigure legend={facts && legendOf(picture, display, facts)} />
      </div>
    </section>
  );
}

/** The canvas that the worker draws on. Its control is handed over once, so the parent gives it the epoch as key. */
function PaneCanvas({ side }: { side: Side }) {
  const lift = useLift();
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (ref.current) lift.attach(side, ref.current);
  }, [lift, side]);
  return <canvas ref={ref} className="lift-canvas" aria-hidden="true" />;
}
