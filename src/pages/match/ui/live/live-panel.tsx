import { useEffect, useRef, useState } from 'react';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import { whole } from '../../../../ui/format.ts';
import { saveFile } from '../../../../ui/save-file.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { LiveSession, type LiveState } from './live-session.ts';

/** Starts, freezes and stops a film; the stage shows its matches. */
export default function LivePanel() {
  const workspace = useWorkspace();
  const hasStill = useWorkspaceState((state) => state.photos.a.photo !== null);
  const isShown = useWorkspaceState((state) => state.page === 'match');
  const [live, setLive] = useState<LiveState | null>(null);
  const [saveError, setSaveError] = useState<PlainError | null>(null);
  const session = useRef<LiveSession | null>(null);
  const picker = useRef<HTMLInputElement>(null);

  // The camera is released with the panel, and where another page is shown.
  useEffect(() => () => session.current?.stop(), []);
  useEffect(() => {
    if (!isShown) void session.current?.freeze();
  }, [isShown]);

  const start = (file: File | null) => {
    session.current?.stop();
    setSaveError(null);
    session.current = new LiveSession(workspace, setLive);
    setLive({ status: 'starting', frames: 0, period: null, single: null, error: null });
    void session.current.start(file);
  };
  const freeze = async () => {
    await session.current?.freeze();
    await session.current?.keepFrame();
  };
  const stop = async () => {
    await session.current?.freeze();
    await session.current?.keepFrame().catch(() => undefined);
    session.current?.stop();
  };
  const save = async () => {
    try {
      setSaveError(null);
      saveFile(await session.current!.frame(), `live-${live?.frames ?? 0}.png`);
    } catch (thrown) {
      setSaveError(toPlainError(thrown));
    }
  };
  const isOn = live !== null && live.status !== 'stopped';
  const error = live?.error ?? saveError;
  return (
    <>
      <p className="hint">
        A camera or a video file against photo A: matches follow as fast as this machine makes them.
      </p>
      <div className="row">
        <button type="button" className="button" disabled={!hasStill || isOn} onClick={() => start(null)}>
          Camera
        </button>
        <button type="button" className="button" disabled={!hasStill || isOn} onClick={() => picker.current?.click()}>
          Video file…
        </button>
      </div>
      {live && isOn && (
        <div className="row">
          {live.status === 'frozen' ? (
            <button type="button" className="button" onClick={() => session.current?.resume()}>
              Go on
            </button>
          ) : (
            <button type="button" className="button" disabled={live.frames === 0} onClick={() => void freeze()}>
              Freeze
            </button>
          )}
          <button type="button" className="button" disabled={live.frames === 0} onClick={() => void save()}>
            Save frame
          </button>
          <button type="button" className="button" onClick={() => void stop()}>
            Stop
          </button>
        </div>
      )}
      {live && (
        <p className="hint" role="status" data-live={live.status} data-frames={live.frames}>
          {rate(live)}
        </p>
      )}
      {error && (
        <p role="alert">
          {error.message} <span className="muted">{error.remedy}</span>
        </p>
      )}
      <input
        ref={picker}
        type="file"
        accept="video/*"
        hidden
        data-video-picker
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) start(file);
          target.value = '';
        }}
      />
    </>
  );
}

/** How fast it goes, and that as a share of a match of two new photos. */
function rate({ status, frames, period, single }: LiveState): string {
  if (status === 'starting') return 'Starting …';
  const told = `${whole(frames)} ${frames === 1 ? 'match' : 'matches'}${status === 'frozen' ? ', frozen' : status === 'stopped' ? ', stopped' : ''}.`;
  if (period === null) return told;
  const share = single === null ? '' : `, ${(period / single).toFixed(2)} of a single match`;
  return `${told} ${(1000 / period).toFixed(1)} a second: ${whole(period)} ms each${share}.`;
}
