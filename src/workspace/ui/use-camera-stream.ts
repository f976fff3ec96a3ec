import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import { CodedError } from '../../core/errors.ts';

/** Shows the camera in `video` while mounted; the camera is released afterwards. */
export function useCameraStream(video: RefObject<HTMLVideoElement | null>): {
  isReady: boolean;
  problem: CodedError | null;
} {
  const [isReady, setIsReady] = useState(false);
  const [problem, setProblem] = useState<CodedError | null>(null);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isGone = false;
    const start = async () => {
      try {
        stream = await openCamera();
        if (isGone || !video.current) return stop(stream);
        video.current.srcObject = stream;
        await video.current.play();
        if (!isGone) setIsReady(true);
      } catch (thrown) {
        if (!isGone) setProblem(cameraProblem(thrown));
      }
    };
    void start();
    return () => {
      isGone = true;
      if (stream) stop(stream);
    };
  }, [video]);
  return { isReady, problem };
}

/** The picture in the video now, as a JPEG at the camera's own size. Throws a CodedError. */
export async function takePicture(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.94));
  if (!blob)
    throw new CodedError('camera-picture', 'The camera’s picture could not be kept.', 'Try again, or choose a file.');
  return blob;
}

function openCamera(): Promise<MediaStream> {
  // Absent on pages that are not served over https.
  if (!navigator.mediaDevices) throw new DOMException('', 'NotSupportedError');
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1440 } },
  });
}

const stop = (stream: MediaStream) => stream.getTracks().forEach((track) => track.stop());

function cameraProblem(thrown: unknown): CodedError {
  const name = thrown instanceof DOMException ? thrown.name : '';
  const say = (code: string, message: string, remedy: string) =>
    new CodedError(code, message, remedy, { cause: thrown });
  switch (name) {
    case 'NotAllowedError':
      return say(
        'camera-denied',
        'The browser does not let this page use the camera.',
        'Allow it in the address bar, or use the button below.',
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return say('camera-missing', 'No camera was found.', 'Connect one, or choose a file.');
    case 'NotReadableError':
      return say('camera-busy', 'The camera is used by another program.', 'Close that program and open this again.');
    default:
      return say(
        'camera-unsupported',
        'This browser offers no camera to this page.',
        'Use the button below, or choose a file.',
      );
  }
}
