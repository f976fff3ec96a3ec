import { CodedError } from '../../core/errors.ts';

/** Asks for the device's camera. Rejects with what {@link cameraProblem} explains. */
export function openCamera(): Promise<MediaStream> {
  // Absent on pages that are not served over https.
  if (!navigator.mediaDevices) return Promise.reject(new DOMException('', 'NotSupportedError'));
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1440 } },
  });
}

export const stopCamera = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop());

/** Why there is no camera, in words. */
export function cameraProblem(thrown: unknown): CodedError {
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
