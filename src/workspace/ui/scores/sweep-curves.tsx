import { useRef, useState } from 'react';
import { PCK_THRESHOLDS, type SweepPoint } from '../../../core/match-score.ts';
import { saveFile } from '../../../ui/save-file.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { breakingPoint, sweepCsv, sweepCurves } from '../../scores/sweep-table.ts';
import { plotPng } from './plot-picture.ts';
import { curveColour, SweepPlot } from './sweep-plot.tsx';
import './scores.css';

const THRESHOLDS = PCK_THRESHOLDS.map((pixels, i) => ({ value: String(i), label: `@${pixels}` }));

interface SweepCurvesProps {
  /** Of saved files. */
  name: string;
  /** What is turned up, and in which unit. */
  title: string;
  unit: string;
  from: number;
  to: number;
  points: readonly SweepPoint[];
  /** Points when it is whole. */
  total: number;
  /** What is being done; null when the sweep has ended. */
  working: string | null;
  onError: (thrown: unknown) => void;
}

/** The curves of a breaking-point sweep as they grow, where each falls below one half, and ways to take them away. */
export function SweepCurves({ name, title, unit, from, to, points, total, working, onError }: SweepCurvesProps) {
  const [threshold, setThreshold] = useState(1);
  const svg = useRef<SVGSVGElement>(null);
  const curves = sweepCurves(points);
  const savePicture = async () => {
    try {
      if (svg.current) saveFile(await plotPng(svg.current), `liftmatch-sweep-${name}.png`);
    } catch (thrown) {
      onError(thrown);
    }
  };
  return (
    <div className="stack">
      {working !== null && (
        <div className="job-progress" role="status">
          <span>
            {working} … {points.length} of {total}
          </span>
          <progress aria-label="Sweep" value={points.length} max={total} />
        </div>
      )}
      {points.length > 0 && (
        <>
          <Segmented
            label="Share of places within, px"
            value={String(threshold)}
            options={THRESHOLDS}
            onChange={(value) => setThreshold(Number(value))}
          />
          <SweepPlot
            curves={curves}
            threshold={threshold}
            from={from}
            to={to}
            title={`${title}, ${unit}`}
            svgRef={svg}
          />
          <ul className="hint">
            {curves.map((curve, i) => {
              const at = breakingPoint(curve, threshold);
              return (
                <li key={curve.model}>
                  <b style={{ color: curveColour(i) }}>{curve.name}</b>{' '}
                  {at === null ? 'does not fall below one half.' : `falls below one half at ${at.toFixed(1)} ${unit}.`}
                </li>
              );
            })}
          </ul>
          <div className="row">
            <button
              type="button"
              className="button"
              onClick={() =>
                saveFile(new Blob([sweepCsv(name, unit, points)], { type: 'text/csv' }), `liftmatch-sweep-${name}.csv`)
              }
            >
              Sweep as CSV
            </button>
            <button type="button" className="button" onClick={() => void savePicture()}>
              Plot as PNG
            </button>
          </div>
        </>
      )}
    </div>
  );
}
