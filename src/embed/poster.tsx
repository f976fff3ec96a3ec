import type { EmbedState } from './session.ts';

/** What is seen before anything runs. */
export function Poster({ poster }: { poster: EmbedState['poster'] }) {
  if (poster.kind === 'picture') return <img className="poster-picture" src={poster.url} alt="A match of two photos" />;
  return (
    <span className="poster-photos">
      {(['a', 'b'] as const).map((side) => {
        const url = poster[side];
        // Without a referrer, as the photo itself is fetched later.
        return url && <img key={side} src={url} alt={`Photo ${side.toUpperCase()}`} referrerPolicy="no-referrer" />;
      })}
    </span>
  );
}
