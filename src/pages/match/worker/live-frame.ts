import { CodedError, throwIfAborted } from '../../../core/errors.ts';
import { otherSide, type Side } from '../../../core/geometry.ts';
import type { MatchResult, ModelSource, Progress } from '../../../core/match.ts';
import { Photo } from '../../../matching/photos/photo.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import type { ServedCall } from '../../../platform/worker/serve-calls.ts';
import type { Inference } from './inference.ts';
import type { MatchScene } from './stage/match-scene.ts';

interface LiveFrame {
  side: Side;
  bitmap: ImageBitmap;
  options: { model: ModelSource; longSide: number | null };
}

/**
 * Matches one picture of a film with the still: its photo, features and match take the place of the last picture's, which are freed,
 * so that memory does not grow. What is shown changes when the new match is whole.
 * @throws CodedError `photo-missing`, `cancelled`, and what matching throws
 */
export async function liveFrame(
  { side, bitmap, options }: LiveFrame,
  scene: MatchScene,
  inference: Inference,
  root: Scope | null,
  { signal, onProgress }: ServedCall<Progress>,
): Promise<MatchResult> {
  const still = scene.photos[otherSide(side)];
  if (!still || signal.aborted) bitmap.close();
  throwIfAborted(signal);
  if (!still)
    throw new CodedError('photo-missing', 'A film is matched with a photo, and there is none.', 'Choose the photo.');
  const size = { width: bitmap.width, height: bitmap.height };
  const photo = new Photo({ bitmap, hidden: null, info: { name: 'live', size, workingSize: size, notes: [] } }, root);
  try {
    const photos = side === 'a' ? { a: photo, b: still } : { a: still, b: photo };
    const match = await inference.match(
      photos,
      { ...options, rescue: false },
      {
        signal,
        stop: signal,
        onProgress,
        onField: async () => {},
        onJudged: () => {},
        onLoaded: () => {},
      },
    );
    const old = await scene.replaceMatched(side, photo, match);
    if (old) inference.forget(old);
    old?.close();
    return match.result;
  } catch (error) {
    if (scene.photos[side] !== photo) {
      inference.forget(photo);
      photo.close();
    }
    throw error;
  }
}
