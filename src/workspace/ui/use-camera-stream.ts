import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import { CodedError } from '../../core/errors.ts';
import { cameraProblem, openCamera, stopCamera } from '../photos/camera-device.ts';

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
        if (isGone || !video.current) return stopCamera(stream);
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
      if (stream) stopCamera(stream);
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
