import { type PointerEvent, useEffect, useState } from 'react';
import { PauseIcon, PlayIcon } from '../../../../ui/icons.tsx';
import { inRange } from '../../../../platform/params/params.ts';
import { VIEW_PARAMS } from '../../params.ts';
import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';
import { STAGE_NAMES } from '../../ui/stage/stage-names.ts';
import { useView } from '../controls/use-view.ts';
import './fly.css';

/** Over the picture: how far the scene is, why there is none and what works instead, or the way from A to B. */
export default function FlyCover() {
  const { info, isMaking, error } = useWorkspaceState((state) => state.fly);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!hasResult) return null;
  if (info?.abstention) return <Abstained />;
  if (error) {
    return (
      <div className="fly-note" role="alert">
        <p>
          {error.message} {error.remedy}
        </p>
      </div>
    );
  }
  if (isMaking || !info) {
    return (
      <div className="fly-note" role="status">
        <Making />
      </div>
    );
  }
  return <FlyBar />;
}

/** What is being done; a network and a refinement take long, and can be done without. */
function Making() {
  const [{ flyBy }, update] = useView();
  const doing = useWorkspaceState((state) => state.fly.doing);
  if (!doing) return <p>Both photos become a scene…</p>;
  const { stage, fraction } = doing;
  return (
    <>
      <p>
        {STAGE_NAMES[stage].doing}
        {fraction === null ? '…' : ` ${Math.round(100 * fraction)} %`}
      </p>
      <button
        type="button"
        className="button"
        onPointerDown={keep}
        onClick={() =>
          update(flyBy ? { flyBy: null } : stage === 'refine-scene' ? { flyRefine: false } : { flyDepth: null })
        }
      >
        {flyBy ? 'The match’s own instead' : 'Cancel'}
      </button>
    </>
  );
}

/** The stage takes every press for itself. */
const keep = (event: PointerEvent) => event.stopPropagation();

function Abstained() {
  const workspace = useWorkspace();
  const abstention = useWorkspaceState((state) => state.fly.info?.abstention);
  if (!abstention) return null;
  const { sentence, offer, reason } = abstention;
  const show = (compareBy: 'panorama' | 'plane') => {
    workspace.geometry.update({ model: 'homography', threshold: null });
    workspace.updateView({ view: 'compare', compareBy, compareMode: 'blend' });
  };
  return (
    <div className="fly-note" role="status" data-reason={reason} onPointerDown={keep}>
      <p>{sentence}</p>
      {offer && (
        <button type="button" className="button" onClick={() => show(offer)}>
          {offer === 'panorama' ? 'Show the panorama' : 'Lay B on A'}
        </button>
      )}
    </div>
  );
}

function FlyBar() {
  const [view, update] = useView();
  const { flyAt } = VIEW_PARAMS;
  const isAway = view.flyYaw !== 0 || view.flyPitch !== 0;
  return (
    <div className="fly-bar" role="toolbar" aria-label="Flight" onPointerDown={keep}>
      <PlayButton />
      <span aria-hidden="true">A</span>
      <input
        type="range"
        aria-label="From A to B"
        aria-valuetext={`${Math.round(100 * view.flyAt)} % of the way from A to B`}
        min={flyAt.range[0]}
        max={flyAt.range[1]}
        step={flyAt.step}
        value={view.flyAt}
        style={{ '--share': `${(100 * (view.flyAt - flyAt.range[0])) / (flyAt.range[1] - flyAt.range[0])}%` }}
        onChange={(event) => update({ flyAt: inRange(flyAt, Number(event.target.value)) })}
      />
      <span aria-hidden="true">B</span>
      {isAway && (
        <button type="button" className="button quiet" onClick={() => update({ flyYaw: 0, flyPitch: 0 })}>
          Back to the path
        </button>
      )}
    </div>
  );
}

/** One way, milliseconds, and how far beyond A and B it goes. */
const SWEEP = 3200;
const PLAYED_BEYOND = 0.1;

/** Flies from A to B and back until it is stopped. */
function PlayButton() {
  const workspace = useWorkspace();
  const [isPlaying, setIsPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    // From where it is: the way eases in and out as a cosine.
    const length = 1 + 2 * PLAYED_BEYOND;
    const share = Math.min(1, Math.max(0, (workspace.store.getState().view.flyAt + PLAYED_BEYOND) / length));
    const origin = performance.now() - (Math.acos(1 - 2 * share) / Math.PI) * SWEEP;
    let frame = requestAnimationFrame(function step(now) {
      const phase = ((now - origin) / SWEEP) * Math.PI;
      workspace.updateView({ flyAt: (length * (1 - Math.cos(phase))) / 2 - PLAYED_BEYOND });
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, workspace]);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={isPlaying ? 'Stop' : 'Play'}
      aria-pressed={isPlaying}
      onClick={() => setIsPlaying(!isPlaying)}
    >
      {isPlaying ? <PauseIcon /> : <PlayIcon />}
    </button>
  );
}
