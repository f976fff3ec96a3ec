import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useEffect,
  useMemo,
  useRef,
} from 'react';
import type { PairOfIds } from '../contract/api.ts';
import { type PairState, pairName, type ShownPhoto } from '../state/types.ts';
import { useSet, useSetState } from './set-context.ts';

/** More rows than this have no numbers beside them: they would be too small to read. */
const NUMBERED = 40;

/** So long the pointer must rest on a pair that it is another's turn: on the way to the buttons below it crosses many. */
const REST_MS = 120;

/** Points at pairs by a pointer: at the first at once, at another where it rests. A picture that scrolls under it points at none. */
function usePointing(pairUnder: (target: EventTarget) => PairOfIds | null) {
  const set = useSet();
  const chosen = useSetState((state) => state.chosen);
  const waiting = useRef<{ name: string; timer: ReturnType<typeof setTimeout> } | null>(null);
  const stop = () => {
    clearTimeout(waiting.current?.timer);
    waiting.current = null;
  };
  useEffect(() => stop, []);
  return {
    onPointerMove: ({ target, movementX, movementY }: PointerEvent) => {
      if (movementX === 0 && movementY === 0) return;
      const pair = pairUnder(target);
      const name = pair && pairName(pair);
      if (name !== null && name === waiting.current?.name) return;
      stop();
      if (!pair || name === null || (chosen && pairName(chosen) === name)) return;
      if (!chosen) set.choose(pair);
      else waiting.current = { name, timer: setTimeout(() => set.choose(pair), REST_MS) };
    },
    onPointerLeave: stop,
  };
}

const STEPS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Matrix and graph of the pairs, and the words about the one that is pointed at. */
export function PairsView() {
  const photos = useSetState((state) => state.photos);
  if (photos.length < 2) return null;
  // Few pairs need little room: what is said of one lies below them, and is in view.
  const height = { '--pairs-height': `${Math.max(15, 3.4 * photos.length)}rem` } as CSSProperties;
  return (
    <section className="set-pairs" aria-label="Pairs" style={height}>
      <PairMatrix photos={photos} />
      <PairGraph photos={photos} />
      <PairWords />
    </section>
  );
}

/** How much of a row's photo is seen in a column's, by colour. */
function PairMatrix({ photos }: { photos: readonly ShownPhoto[] }) {
  const set = useSet();
  const pairs = useSetState((state) => state.pairs);
  const planned = useSetState((state) => state.planned);
  const chosen = useSetState((state) => state.chosen);
  const current = useSetState((state) => state.current?.pair ?? null);
  const names = useMemo(() => new Set(planned?.map(pairName)), [planned]);
  const count = photos.length;
  const place = new Map(photos.map(({ id }, i) => [id, i]));
  const margin = count <= NUMBERED ? 1.2 : 0;
  const pairAt = (row: number, column: number): PairOfIds => {
    const [i, j] = row < column ? [row, column] : [column, row];
    return { a: photos[i].id, b: photos[j].id };
  };
  const onKey = (event: KeyboardEvent) => {
    const [row, column] = chosen ? [place.get(chosen.a)!, place.get(chosen.b)!] : [0, 1];
    if (event.key === 'Enter' && chosen) return void set.toMatch(chosen);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = [row + step[0], column + step[1]].map((at) => Math.min(count - 1, Math.max(0, at)));
    // Over the diagonal, where no pair is.
    if (next[0] === next[1]) next[step[0] ? 0 : 1] += step[0] + step[1];
    if (next.every((at) => at >= 0 && at < count)) set.choose(pairAt(next[0], next[1]));
  };
  const cells = [];
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (row === column) continue;
      const pair = pairAt(row, column);
      const name = pairName(pair);
      const state = pairs[name];
      const isCurrent = current !== null && pairName(current) === name;
      cells.push(
        <rect
          key={`${row} ${column}`}
          x={column + margin + 0.04}
          y={row + margin + 0.04}
          width={0.92}
          height={0.92}
          data-pair={`${row + 1}-${column + 1}`}
          data-state={isCurrent ? 'current' : (state?.state ?? (names.has(name) ? 'waiting' : 'none'))}
          style={{ fill: colourOf(state, row < column ? 'a' : 'b') }}
        />,
      );
    }
  }
  // One listener for up to thousands of cells.
  const pairUnder = (target: EventTarget): PairOfIds | null => {
    const at = target instanceof SVGElement ? target.dataset.pair?.split('-').map((n) => Number(n) - 1) : undefined;
    return at ? pairAt(at[0], at[1]) : null;
  };
  const pointing = usePointing(pairUnder);
  const onOpen = ({ target, nativeEvent }: MouseEvent) => {
    const pair = pairUnder(target);
    if (!pair) return;
    // A finger cannot point before it presses: its first tap does.
    const isTap = (nativeEvent as globalThis.PointerEvent).pointerType === 'touch';
    if (isTap && (!chosen || pairName(chosen) !== pairName(pair))) set.choose(pair);
    else void set.toMatch(pair);
  };
  const marked = chosen && [place.get(chosen.a), place.get(chosen.b)];
  const side = count + margin;
  return (
    <figure className="set-matrix">
      <svg
        viewBox={`0 0 ${side} ${side}`}
        role="application"
        tabIndex={0}
        aria-label="Matrix of pairs: arrow keys point at a pair, Enter opens it on Match"
        onKeyDown={onKey}
        {...pointing}
        onClick={onOpen}
      >
        {margin > 0 &&
          photos.map(({ id }, i) => (
            <g key={id} className="set-matrix-number">
              <text x={margin - 0.25} y={i + margin + 0.68} textAnchor="end">
                {i + 1}
              </text>
              <text x={i + margin + 0.5} y={margin - 0.3} textAnchor="middle">
                {i + 1}
              </text>
            </g>
          ))}
        {cells}
        {marked?.every((at) => at !== undefined) &&
          [marked, [marked[1], marked[0]]].map(([row, column]) => (
            <rect
              key={`${row}`}
              className="set-matrix-mark"
              x={column! + margin}
              y={row! + margin}
              width={1}
              height={1}
            />
          ))}
      </svg>
      <figcaption className="hint">
        How much of the row’s photo is seen in the column’s. A click opens the pair on Match.
      </figcaption>
    </figure>
  );
}

/** Photos on a circle, a line where a pair was found to show one scene: the thicker, the more. */
function PairGraph({ photos }: { photos: readonly ShownPhoto[] }) {
  const pairs = useSetState((state) => state.pairs);
  const planned = useSetState((state) => state.planned);
  const chosen = useSetState((state) => state.chosen);
  const places = photos.map((_, i) => {
    const angle = (2 * Math.PI * i) / photos.length - Math.PI / 2;
    return { x: 50 + 42 * Math.cos(angle), y: 50 + 42 * Math.sin(angle) };
  });
  const index = new Map(photos.map(({ id }, i) => [id, i]));
  const radius = Math.min(4, 90 / photos.length);
  const lines = (planned ?? []).flatMap((pair) => {
    const state = pairs[pairName(pair)];
    const [i, j] = [index.get(pair.a), index.get(pair.b)];
    const isSeen = state?.state === 'done' && state.facts.geometry !== 'degenerate';
    return isSeen && i !== undefined && j !== undefined
      ? [{ pair, share: shareOf(state), from: places[i], to: places[j] }]
      : [];
  });
  const pointing = usePointing((target) => {
    const at = target instanceof SVGElement ? target.dataset.line : undefined;
    return at === undefined ? null : lines[Number(at)].pair;
  });
  return (
    <figure className="set-graph">
      <svg
        viewBox="0 0 100 100"
        role="application"
        aria-label={`Graph of pairs: ${lines.length} lines between ${photos.length} photos`}
        {...pointing}
      >
        {lines.map(({ pair, share, from, to }, lineIndex) => (
          <line
            key={pairName(pair)}
            x1={from.x}
            y1={from.y}
            x2={to.x}
            y2={to.y}
            strokeWidth={0.3 + 1.6 * share}
            data-chosen={chosen !== null && pairName(chosen) === pairName(pair)}
            data-line={lineIndex}
          />
        ))}
        {places.map(({ x, y }, i) => (
          <g key={photos[i].id} className="set-graph-photo">
            <circle cx={x} cy={y} r={radius} />
            {photos.length <= NUMBERED && (
              <text x={x} y={y + 1.1} textAnchor="middle">
                {i + 1}
              </text>
            )}
          </g>
        ))}
      </svg>
      <figcaption className="hint">Pairs that a two-view geometry explains.</figcaption>
    </figure>
  );
}

/** What is known of the pair that is pointed at. */
function PairWords() {
  const set = useSet();
  const chosen = useSetState((state) => state.chosen);
  const state = useSetState(({ pairs }) => (chosen ? pairs[pairName(chosen)] : undefined));
  const photos = useSetState(({ photos: all }) => all);
  const [a, b] = [chosen?.a, chosen?.b].map((id) => photos.find((photo) => photo.id === id));
  if (!chosen || !a || !b) return <p className="hint set-words">Point at a pair to read what was found.</p>;
  const words =
    state?.state === 'done'
      ? `${state.facts.verdict.sentence} ${state.facts.candidates.toLocaleString('en')} candidates, ${GEOMETRY[state.facts.geometry]}.`
      : state?.state === 'failed'
        ? `${state.error.message} ${state.error.remedy}`
        : 'Not matched yet.';
  return (
    <div className="set-words" data-pair-words>
      <p>
        <b>{a.name}</b> as A, <b>{b.name}</b> as B. {words}
      </p>
      <div className="set-bar-actions">
        <button type="button" className="button" onClick={() => void set.toMatch(chosen)}>
          Open on Match
        </button>
        {state?.state === 'done' && state.facts.geometry !== 'degenerate' && (
          <button
            type="button"
            className="button"
            title="Points in space from these two photos, on Match"
            onClick={() => void set.toMatch(chosen, true)}
          >
            Two-view cloud
          </button>
        )}
      </div>
    </div>
  );
}

const GEOMETRY = {
  degenerate: 'no two-view geometry explains them',
  calibrated: 'an essential matrix explains them',
  uncalibrated: 'a fundamental matrix explains them',
  planarOrPanoramic: 'a homography explains them',
} as const;

const shareOf = (state: PairState | undefined): number =>
  state?.state === 'done' ? Math.max(state.facts.verdict.overlap.a, state.facts.verdict.overlap.b) : 0;

function colourOf(state: PairState | undefined, side: 'a' | 'b'): string | undefined {
  if (state?.state !== 'done' || state.facts.verdict.kind === 'none') return undefined;
  return `color-mix(in oklab, var(--accent) ${Math.round(12 + 88 * state.facts.verdict.overlap[side])}%, var(--sunken))`;
}
