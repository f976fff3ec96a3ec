import { milliseconds, percent, pixel } from '../../../ui/format.ts';
import { useLiftState } from './lift-context.ts';

/** Under the panes: what is known of the two views, the score, and the place under the pointer. */
export function FrameFactsLine() {
  const facts = useLiftState((state) => state.facts);
  const info = useLiftState((state) => state.info);
  const score = useLiftState((state) => state.score);
  const isOld = useLiftState((state) => state.isScoreOld);
  const scoring = useLiftState((state) => state.scoring);
  if (!facts) return <div className="lift-foot" />;
  return (
    <div className="lift-foot">
      <p className="lift-numbers">
        <span>
          <b data-viewpoint>{facts.viewpoint.toFixed(1)}°</b> between the views
        </span>
        <span>
          <b>{percent(facts.visible)}</b> of the photo is seen
        </span>
        <span>
          <b>{percent(1 - facts.covered)}</b> of the view is holes
        </span>
        <span className="muted" title="Rendering, warp and visibility of both views">
          {milliseconds(facts.milliseconds)} on {info?.rendersOn === 'webgpu' ? 'WebGPU' : 'the CPU'}
        </span>
      </p>
      <p className="lift-numbers" data-old={isOld}>
        {score && score.places > 0 && (
          <>
            <span>
              <b>{score.modelName}</b>
            </span>
            <span>EPE {score.epe.toFixed(2)} px</span>
            <span>PCK@1 {percent(score.pck[0])}</span>
            <span>@3 {percent(score.pck[1])}</span>
            <span>@5 {percent(score.pck[2])}</span>
            <span>@10 {percent(score.pck[3])}</span>
          </>
        )}
        {scoring && (
          <span className="muted">
            <span className="spinner" aria-hidden="true" /> scoring
          </span>
        )}
        {!score && !scoring && <Probe />}
      </p>
    </div>
  );
}

function Probe() {
  const probe = useLiftState((state) => state.probe);
  if (!probe) return <span className="muted">Point at a picture to see the true place in the other one.</span>;
  const { other } = probe;
  return (
    <span>
      {pixel(probe)} → {other ? `${pixel(other)}${other.visible ? '' : ' (hidden)'}` : 'nothing known'}
    </span>
  );
}
