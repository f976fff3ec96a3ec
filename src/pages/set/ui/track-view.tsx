import { type MouseEvent, useEffect, useRef, useState } from 'react';
import type { Size } from '../../../core/geometry.ts';
import { useSet, useSetState } from './set-context.ts';

interface Shown {
  id: string;
  url: string;
  places: Float32Array;
  lengths: Uint8Array;
}

/** A photo with its keypoints; a chosen one is followed through all photos. */
export function TrackView() {
  const set = useSet();
  const looked = useSetState((state) => state.looked);
  const facts = useSetState((state) => state.facts);
  const photo = useSetState(({ photos }) => photos.find(({ id }) => id === looked));
  const track = useSetState((state) => state.track);
  const photos = useSetState((state) => state.photos);
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    setShown(null);
    if (looked === null) return;
    let [url, isGone] = ['', false];
    const load = async () => {
      const file = await set.link.call('photo', { id: looked });
      const found = facts ? await set.link.call('keypoints', { id: looked }) : null;
      if (isGone) return;
      url = URL.createObjectURL(file);
      setShown({
        id: looked,
        url,
        places: found?.places ?? new Float32Array(),
        lengths: found?.lengths ?? new Uint8Array(),
      });
    };
    load().catch((thrown: unknown) => set.report(thrown));
    return () => {
      isGone = true;
      URL.revokeObjectURL(url);
    };
  }, [set, looked, facts]);
  if (!photo || !shown || shown.id !== photo.id) {
    const isReady = facts !== null && facts.tracks > 0;
    return isReady ? (
      <p className="hint">Choose a photo above to see its keypoints and follow one through all photos.</p>
    ) : null;
  }
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    // A key has no place: the photo's middle then.
    const [across, down] = event.detail
      ? [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
      : [0.5, 0.5];
    void set.followPlace(across * photo.size.width, down * photo.size.height);
  };
  const numbers = new Map(photos.map(({ id }, i) => [id, i + 1]));
  const own = track?.places.find(({ id }) => id === photo.id);
  const hint = !facts
    ? 'Its keypoints are there once the pairs are matched.'
    : track
      ? `The point is seen in ${track.places.length} photos.`
      : 'Click a keypoint: it is followed through all photos that see it.';
  return (
    <section className="set-track" aria-label="Tracks">
      <button type="button" className="set-look" onClick={onClick} data-look={photo.name}>
        <img src={shown.url} alt={photo.name} />
        <Keypoints places={shown.places} lengths={shown.lengths} size={photo.size} />
        {own && (
          <span
            className="set-ring"
            style={{ left: `${(100 * own.x) / photo.size.width}%`, top: `${(100 * own.y) / photo.size.height}%` }}
          />
        )}
      </button>
      <div className="set-strip-room">
        <p className="hint" role="status">
          {hint}
        </p>
        <ul className="set-strip" data-track={track?.places.length ?? 0}>
          {track?.places.map(({ id, url, x, y }) => (
            <li key={id}>
              <span className="set-crop">
                <img src={url} alt={`Photo ${numbers.get(id)} around the point`} />
              </span>
              {numbers.get(id)}: {x.toFixed(1)}, {y.toFixed(1)}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Dots, the darker the more photos see them. */
function Keypoints({ places, lengths, size }: { places: Float32Array; lengths: Uint8Array; size: Size }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const scale = Math.min(1, 1400 / Math.max(size.width, size.height));
    element.width = Math.round(size.width * scale);
    element.height = Math.round(size.height * scale);
    const dot = Math.max(1.5, element.width / 420);
    for (let k = 0; k < lengths.length; k++) {
      // Two photos are few, ten are many.
      const share = Math.min(1, (lengths[k] - 2) / 8);
      context.fillStyle = `hsl(${Math.round(45 + 170 * share)} 95% 55% / 90%)`;
      context.fillRect(places[2 * k] * scale - dot / 2, places[2 * k + 1] * scale - dot / 2, dot, dot);
    }
  }, [places, lengths, size]);
  return <canvas ref={canvas} className="set-dots" aria-hidden="true" data-keypoints={lengths.length} />;
}
