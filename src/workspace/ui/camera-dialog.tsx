import { useRef } from 'react';
import type { ChangeEvent } from 'react';
import type { Side } from '../../core/geometry.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { useWorkspace } from './workspace-context.ts';
import { takePicture, useCameraStream } from './use-camera-stream.ts';

/** Takes a photo with the device's camera; where a page may not, the device's own camera app can. */
export function CameraDialog({ side, onClose }: { side: Side; onClose: () => void }) {
  const workspace = useWorkspace();
  const video = useRef<HTMLVideoElement>(null);
  const { isReady, problem } = useCameraStream(video);
  const name = `camera-${side}.jpg`;

  const shoot = async () => {
    if (!video.current) return;
    try {
      const picture = await takePicture(video.current);
      onClose();
      await workspace.photos.openFile(side, picture, name);
    } catch (thrown) {
      workspace.notices.report(thrown);
    }
  };
  const onCapture = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file) return;
    onClose();
    void workspace.photos.openFile(side, file, file.name || name);
  };

  return (
    <Dialog title={`Take photo ${side.toUpperCase()}`} onClose={onClose}>
      <div className="stack">
        {problem ? (
          <p role="alert">
            {problem.message} <span className="muted">{problem.remedy}</span>
          </p>
        ) : (
          <video ref={video} className="camera-view" autoPlay playsInline muted aria-label="Camera picture" />
        )}
        <div className="dialog-actions">
          <label className="button">
            Camera app or file
            <input
              type="file"
              accept="image/*"
              capture="environment"
              className="visually-hidden"
              onChange={onCapture}
            />
          </label>
          <button type="button" className="button primary" disabled={!isReady} onClick={() => void shoot()}>
            Take photo
          </button>
        </div>
      </div>
    </Dialog>
  );
}
