import { useEffect, useLayoutEffect, useRef } from 'react';
import { fileSize } from '../../../ui/format.ts';
import { useElementSize } from '../../../ui/use-element-size.ts';
import type { SceneProgress } from '../contract/api.ts';
import { SAMPLE_SCENE } from '../state/scene.ts';
import { FlyPad } from './fly-pad.tsx';
import { useScene, useSceneState } from './scene-context.ts';
import { useSceneGestures } from './use-scene-gestures.ts';

const HELP =
  'View of the scene. Arrow keys turn it, Shift and arrows shift it, plus and minus go nearer and away, W A S D fly, E and Q rise and sink, F shows all.';

/** The picture of the scene, and what hands can do on it. */
export function SceneStage() {
  const scene = useScene();
  const epoch = useSceneState((state) => state.epoch);
  const isOpen = useSceneState((state) => state.facts !== null);
  const isUntouched = useSceneState((state) => state.values.view === null);
  const surface = useRef<HTMLDivElement>(null);
  const size = useElementSize(surface);
  useEffect(() => {
    if (size.width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    scene.resize({
      width: Math.max(1, Math.round(size.width * ratio)),
      height: Math.max(1, Math.round(size.height * ratio)),
    });
  }, [scene, size]);
  const { hands, press } = useSceneGestures(surface, Math.max(size.width, size.height));
  return (
    <section className="scene-stage" aria-label="View">
      <div className="scene-surface" ref={surface} role="application" tabIndex={0} aria-label={HELP} {...hands}>
        <StageCanvas key={epoch} />
        {isOpen && isUntouched && <p className="scene-hint">Drag to look around. Wheel or pinch to go nearer.</p>}
      </div>
      {isOpen && <FlyPad press={press} />}
      <StageCover />
    </section>
  );
}

/** The canvas that the worker draws on. Its control is handed over once, so the parent gives it the epoch as key. */
function StageCanvas() {
  const scene = useScene();
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (ref.current) scene.attach(ref.current);
  }, [scene]);
  return <canvas ref={ref} className="scene-canvas" aria-hidden="true" />;
}

/** Over the picture: what to do without a scene, what is being opened, and a worker that has stopped. */
function StageCover() {
  const scene = useScene();
  const isOpen = useSceneState((state) => state.facts !== null);
  const opening = useSceneState((state) => state.opening);
  const stopped = useSceneState((state) => state.stopped);
  if (stopped) {
    return (
      <div className="cover" role="alert">
        <p>
          {stopped.message}
          <br />
          <span className="muted">{stopped.remedy}</span>
        </p>
        <button type="button" className="button primary" onClick={() => scene.restart()}>
          Start again
        </button>
      </div>
    );
  }
  if (opening) {
    const { progress } = opening;
    const text = openingText(progress);
    return (
      <div className={isOpen ? 'scene-chip' : 'cover'} role="status">
        <p>
          <span className="spinner" aria-hidden="true" /> {text}
        </p>
        {progress?.total && <progress aria-label={text} max={progress.total} value={progress.done} />}
        <button type="button" className="button" onClick={() => scene.cancelOpening()}>
          Cancel
        </button>
      </div>
    );
  }
  if (isOpen) return null;
  return (
    <div className="cover">
      <p>
        <b>A scene of 3-D Gaussians makes any number of pairs with exact truth.</b>
        <br />
        Drop a .ply, .spz, .splat, .sog or .ksplat file here. It stays on this device.
      </p>
      <button type="button" className="button primary" onClick={() => void scene.openAddress(SAMPLE_SCENE)}>
        Open the sample scene
      </button>
      <button type="button" className="button quiet" onClick={() => scene.workspace.showPage('lift')}>
        Make one of a photo, on the Lift page
      </button>
    </div>
  );
}

function openingText(progress: SceneProgress | null): string {
  if (!progress) return 'Starting …';
  if (progress.stage === 'prepare') return 'Preparing …';
  const verb = progress.stage === 'fetch' ? 'Fetching' : 'Reading';
  const total = progress.total === null ? '' : ` of ${fileSize(progress.total)}`;
  return `${verb} ${fileSize(progress.done)}${total} …`;
}
