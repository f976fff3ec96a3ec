import { Failure } from '../../../../ui/failure.tsx';
import { useEffect, useRef, useState } from 'react';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import type { CloudInfo } from '../../contract/geometry-fit.ts';
import type { Orbit } from '../../../../core/viewer/orbit.ts';
import { resolveTheme } from '../../../../platform/page/theme.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { useElementSize } from '../../../../ui/use-element-size.ts';
import { useOrbitInput } from './use-orbit-input.ts';

interface CloudCanvasProps {
  cloud: CloudInfo;
  orbit: Orbit;
  pointSize: number;
  label: string;
  onOrbit: (change: (orbit: Orbit) => Orbit) => void;
}

/** The canvas that the engine draws the cloud on, and the hands that turn it. */
export function CloudCanvas({ cloud, orbit, pointSize, label, onOrbit }: CloudCanvasProps) {
  const { geometry } = useWorkspace();
  const theme = useWorkspaceState(resolveTheme);
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useElementSize(frame);
  const [drawnBy, setDrawnBy] = useState<'webgpu' | 'canvas' | null>(null);
  const [error, setError] = useState<PlainError | null>(null);
  const input = useOrbitInput(frame, cloud, onOrbit);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    geometry.showCloud(element).then(
      (shown) => setDrawnBy(shown.drawnBy),
      (thrown: unknown) => setError(toPlainError(thrown)),
    );
    // A worker that has died has nothing to hide.
    return () => void geometry.hideCloud().catch(() => undefined);
  }, [geometry]);

  useEffect(() => {
    if (!drawnBy || size.width === 0) return;
    // One message a frame, whatever the pointer's rate.
    const request = requestAnimationFrame(() => {
      const view = { size, pixelRatio: window.devicePixelRatio, orbit, pointSize, theme };
      geometry.viewCloud(view).catch((thrown: unknown) => setError(toPlainError(thrown)));
    });
    return () => cancelAnimationFrame(request);
  }, [geometry, drawnBy, size, orbit, pointSize, theme]);

  return (
    <div
      ref={frame}
      className="cloud-frame"
      tabIndex={0}
      role="application"
      aria-label={`Point cloud. ${label}`}
      {...input}
    >
      <canvas ref={canvas} data-drawn-by={drawnBy ?? undefined} />
      {error && <Failure error={error} />}
    </div>
  );
}
