import { LABEL_STATES } from '../../../gaussians/pairs/labels.ts';
import { LABEL_COLOURS } from '../contract/label-colours.ts';
import { useSceneState } from './scene-context.ts';

/** The two views of the pair, and what is known of each pixel of A. */
export function PairPictures() {
  const pair = useSceneState((state) => state.pair);
  const scoreUrl = useSceneState((state) => state.scoreUrl);
  const scored = useSceneState((state) => state.values.scored);
  if (!pair) return null;
  const figures: (readonly [name: string, url: string, alt: string])[] = [
    ['A', pair.urls.a, 'View A of the pair'],
    ['B', pair.urls.b, 'View B of the pair'],
    ['Labels of A', pair.urls.labels, 'State of each pixel of A'],
  ];
  if (scoreUrl) {
    const name = scored === 'error' ? 'Error of the match' : 'Certainty of the match';
    figures.push([name, scoreUrl, `${name} at each pixel of A`]);
  }
  return (
    <section className="scene-pair" aria-label="Pair" data-pictures={figures.length}>
      {figures.map(([name, url, alt]) => (
        <figure key={name}>
          <img src={url} alt={alt} />
          <figcaption>{name}</figcaption>
        </figure>
      ))}
      <ul className="scene-states" aria-label="Colours of the labels">
        {LABEL_STATES.map((state) => (
          <li key={state} style={{ '--state': `rgb(${LABEL_COLOURS[state].join(' ')})` }}>
            {state}
          </li>
        ))}
      </ul>
    </section>
  );
}
