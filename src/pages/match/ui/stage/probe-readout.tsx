import { deviationEllipse } from '../../../../core/ellipse.ts';
import { percent, pixel } from '../../../../ui/format.ts';
import { useWorkspaceState } from '../workspace-context.ts';

/** The linked probe in words and numbers. */
export function ProbeReadout() {
  const probe = useWorkspaceState((state) => state.probe);
  const hasResult = useWorkspaceState((state) => state.result !== null);
  if (!probe) {
    return (
      <p className="probe-readout muted">{hasResult ? 'Point at a photo to see its match; click to pin it.' : ''}</p>
    );
  }
  const { side, result } = probe;
  return (
    <p className="probe-readout" data-probe={side}>
      <span>
        <b>{side.toUpperCase()}</b> {pixel(probe)}
      </span>
      {result && (
        <>
          <span aria-label="is matched to">→</span>
          <span>
            <b>{result.to.side.toUpperCase()}</b> {pixel(result.to)}
          </span>
          <span>certainty {percent(result.certainty)}</span>
          <span>cycle {result.cycleError.toFixed(1)} px</span>
          {result.covariance && <span data-deviation>{deviation(result.covariance)}</span>}
        </>
      )}
    </p>
  );
}

/** One standard deviation along and across, as the network tells it. */
function deviation(covariance: { xx: number; xy: number; yy: number }): string {
  const { major, minor } = deviationEllipse(covariance);
  const told = (pixels: number) => pixels.toFixed(pixels < 10 ? 1 : 0);
  return `±${told(major)} × ${told(minor)} px`;
}
