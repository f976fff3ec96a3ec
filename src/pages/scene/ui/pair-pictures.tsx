import { LABEL_STATES } from '../../../gaussians/pairs/labels.ts';
import { LABEL_COLOURS } from '../contract/label-colours.ts';
import { useSceneState } from './scene-context.ts';

/** The two views of the pair, and what is known of each pixel of A. */
export function PairPictures() {
  const pair = useSceneState((state) => state.pair);
  if (!pair) return null;
  const figures = [
    ['A', pair.urls.a],
    ['B', pair.urls.b],
    ['Labels of A', pair.urls.labels],
  ] as const;
  return (
    <section className="scene-pair" aria-label="Pair">
      {figures.map(([name, url]) => (
        <figure key={name}>
          <img src={url} alt={name === 'Labels of A' ? 'State of each pixel of A' : `View ${name} of the pair`} />
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
