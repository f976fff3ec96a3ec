import { useEffect, useLayoutEffect, useRef, type DragEvent } from 'react';
import { VIEWS, viewOf } from '../../views/index.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { EmptyPanes } from './empty-panes.tsx';
import { JobProgress } from '../export/job-progress.tsx';
import { Markers } from './markers.tsx';
import { StoppedEngine } from '../panel/stopped-engine.tsx';
import { SwipeHandle } from '../../views/compare/swipe-handle.tsx';
import { isZoomed } from '../../../../core/viewer/zoom.ts';
import { localPoint } from '../../../../ui/pointer.ts';
import { useElementSize } from '../../../../ui/use-element-size.ts';
import { useStageKeyboard } from './use-stage-keyboard.ts';
import { stagePaneAt, useStagePanes, type StagePane } from './use-stage-panes.ts';
import { useStagePointer } from './use-stage-pointer.ts';
import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { ZoomButtons } from './zoom-buttons.tsx';
import { sideName } from '../../views/view.ts';

/** Who fits no epipolar geometry never downloads it. */
const EpipolarLines = lazyPart({
  name: 'Epipolar lines',
  as: 'overlay',
  load: () => import('../geometry/epipolar-lines.tsx'),
});

/** What is said over the picture of the view Fly: that it is being made, or why there is none. */
const FlyCover = lazyPart({ name: 'Fly', as: 'overlay', load: () => import('../../views/fly/cover.tsx') });

const FLY_KEYS =
  'Left and right fly from A to B, up, down and Shift with arrow keys leave the path, 0 comes back to it, plus and minus zoom.';
const KEYS = 'Plus, minus and 0 zoom, arrow keys pan, Shift with arrow keys moves the probe, Enter pins it.';

/** The pictures: the engine's canvas, and over it what the page knows. `isEmbedded`: in another page, which scrolls. */
export function Stage({ isEmbedded = false }) {
  const workspace = useWorkspace();
  const epoch = useWorkspaceState((state) => state.engine.epoch);
  const view = useWorkspaceState((state) => state.view.view);
  const hasLines = useWorkspaceState((state) => state.geometry.fit?.fundamental != null);
  const isFlown = viewOf(view).isFlown === true;
  const ref = useRef<HTMLDivElement>(null);
  const size = useElementSize(ref);
  const panes = useStagePanes(size);
  const pointer = useStagePointer(ref, panes, { isEmbedded });
  const yieldsScroll = useWorkspaceState((state) => isEmbedded && !isZoomed(state.view.camera));
  const onKeyDown = useStageKeyboard(panes);

  useEffect(() => {
    if (size.width > 0 && size.height > 0)
      workspace.viewSync.resize({ stage: size, pixelRatio: window.devicePixelRatio });
  }, [workspace, size]);

  // The page takes the drop (use-page-input.ts); only the stage knows which photo lies under it.
  const markDropSide = (event: DragEvent<HTMLElement>) => {
    const found = stagePaneAt(panes, localPoint(event.currentTarget, event));
    event.currentTarget.dataset.dropSide = found?.pane.side;
  };

  return (
    <div className="stage-frame" role="tabpanel" id="stage" aria-labelledby={`tab-${view}`}>
      <div
        ref={ref}
        className="stage"
        data-yields-scroll={yieldsScroll || undefined}
        tabIndex={0}
        role="application"
        aria-label={`${viewOf(view).label} (view ${VIEWS.indexOf(view) + 1} of ${VIEWS.length}). ${viewOf(view).isFlown ? FLY_KEYS : KEYS}`}
        onKeyDown={onKeyDown}
        onDrop={markDropSide}
        {...pointer}
      >
        <StageCanvas key={epoch} />
        <EmptyPanes panes={panes} />
        <PaneLabels panes={panes} />
        {hasLines && <EpipolarLines panes={panes} size={size} />}
        <Markers panes={panes} size={size} />
        <SwipeHandle panes={panes} />
        {isFlown && <FlyCover />}
      </div>
      <ZoomButtons />
      <JobProgress />
      <StoppedEngine />
    </div>
  );
}

/**
 * The canvas that the engine draws on. Its control is handed over once, so the parent gives it the engine's epoch
 * as key: a new engine gets a new element.
 */
function StageCanvas() {
  const workspace = useWorkspace();
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (ref.current) workspace.link.attach(ref.current);
  }, [workspace]);
  return <canvas ref={ref} className="stage-canvas" aria-hidden="true" />;
}

/** Says what each pane shows, at the top left of the picture in it. */
function PaneLabels({ panes }: { panes: readonly StagePane[] }) {
  const settings = useWorkspaceState((state) => state.view);
  return panes.map(({ pane, rect }, i) => {
    if (!rect) return null;
    const { kind, side } = pane;
    const left = Math.max(pane.rect.x, rect.x) + 8;
    const top = Math.max(pane.rect.y, rect.y) + 8;
    return (
      <span key={i} className="pane-label" style={{ left, top }}>
        {kind === 'photo' ? sideName(side) : viewOf(kind).paneLabel(side, settings)}
      </span>
    );
  });
}
