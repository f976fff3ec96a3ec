import { CodedError, isCancelled } from '../../../core/errors.ts';

/** Three million Gaussians with all harmonics are 720 MB as .ply; more is no scene that can be shown. */
export const MAX_SCENE_BYTES = 2 * 1024 ** 3;

/**
 * Downloads a scene.
 * @throws CodedError `scene-unreachable`, `scene-http`, `scene-too-many-bytes`, `scene-download`, each naming file and
 *   host; `cancelled`
 */
export async function fetchScene(
  address: string,
  name: string,
  signal: AbortSignal,
  onProgress: (loaded: number, total: number | null) => void,
  fetcher: typeof fetch = fetch,
): Promise<Blob> {
  const { host } = new URL(address);
  let response: Response;
  try {
    response = await fetcher(address, { signal, mode: 'cors', referrerPolicy: 'no-referrer' });
  } catch (cause) {
    if (isCancelled(cause)) throw cause;
    throw new CodedError(
      'scene-unreachable',
      `“${name}” could not be read from ${host}: the host cannot be reached or does not let other pages read its files (CORS).`,
      'Save the file and drop it here, or use a host that sends Access-Control-Allow-Origin.',
      { cause },
    );
  }
  if (!response.ok) {
    throw new CodedError(
      'scene-http',
      `${host} answered ${response.status}${response.statusText ? ` (${response.statusText})` : ''} for “${name}”.`,
      'Check the address, or save the file and drop it here.',
    );
  }
  const said = Number(response.headers.get('content-length'));
  const total = said > 0 ? said : null;
  const checkSize = (bytes: number) => {
    if (bytes <= MAX_SCENE_BYTES) return;
    void response.body?.cancel().catch(() => {});
    throw new CodedError(
      'scene-too-many-bytes',
      `“${name}” is larger than 2 GB.`,
      'Use a smaller version of the scene, such as .spz or .sog.',
    );
  };
  checkSize(total ?? 0);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  try {
    const reader = response.body!.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      loaded += piece.value.byteLength;
      checkSize(loaded);
      // A packed transfer counts its packed bytes.
      onProgress(loaded, total !== null && loaded <= total ? total : null);
    }
  } catch (cause) {
    if (isCancelled(cause) || cause instanceof CodedError) throw cause;
    throw new CodedError('scene-download', `The download of “${name}” from ${host} broke off.`, 'Try again.', {
      cause,
    });
  }
  return new Blob(pieces);
}
