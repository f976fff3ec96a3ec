import { useState } from 'react';
import { STAGES } from '../../../../core/match.ts';
import { dimensions, milliseconds, seconds } from '../../../../ui/format.ts';
import { lazyPart } from '../../../../ui/lazy-part.tsx';
import { Section } from '../../../../ui/section.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { STAGE_NAMES } from '../stage/stage-names.ts';

/** Most visits measure nothing: its code comes when it is asked for. */
const BenchmarkDialog = lazyPart({ name: 'Measure', as: 'dialog', load: () => import('./benchmark-dialog.tsx') });

/** Where the time of the last match went, and on what it ran. */
export function TimingPanel() {
  const [isMeasuring, setIsMeasuring] = useState(false);
  const result = useWorkspaceState((state) => state.result);
  const info = useWorkspaceState((state) => state.engine.info);
  const workspace = useWorkspace();
  if (!result) return null;
  const stages = STAGES.filter((stage) => result.timings[stage] !== undefined);
  const total = stages.reduce((sum, stage) => sum + (result.timings[stage] ?? 0), 0);
  const cached = (['a', 'b'] as const).filter((side) => result.cached[side]).map((side) => side.toUpperCase());
  return (
    <Section title="Timing" summary={result.isRecorded ? 'recorded' : seconds(total)}>
      {result.isRecorded && (
        <>
          <p className="hint">This match came with the sample; no model has run here.</p>
          <button type="button" className="button" onClick={() => workspace.matching.request({ here: true })}>
            Match here
          </button>
        </>
      )}
      <table className="timing" data-timing>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage}>
              <th scope="row">{STAGE_NAMES[stage].done}</th>
              <td>{milliseconds(result.timings[stage] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {cached.length > 0 && <p className="hint">Features of {cached.join(' and ')} came from the cache.</p>}
      <dl className="facts">
        <dt>Provider</dt>
        <dd>
          {result.provider === 'webgpu' ? 'WebGPU' : 'WASM (CPU)'}
          {info && <span className="hint">{info.providerReason}</span>}
        </dd>
        <dt>Adapter</dt>
        <dd>{info?.adapter ? `${info.adapter}${info.isFallbackAdapter ? ' (software)' : ''}` : 'no WebGPU'}</dd>
        {result.provider === 'wasm' && info && (
          <>
            <dt>Threads</dt>
            <dd>{info.threads}</dd>
          </>
        )}
        <dt>Model</dt>
        <dd>{result.modelName}</dd>
        <dt>Input</dt>
        <dd>
          A {dimensions(result.inputSize.a)}, B {dimensions(result.inputSize.b)}
        </dd>
        <dt>Warp grid</dt>
        <dd>
          A {dimensions(result.gridSize.a)}, B {dimensions(result.gridSize.b)}
        </dd>
        {result.rescue.tried && (
          <>
            <dt>Rescue</dt>
            <dd>
              B turned by {result.rescue.rotation}°, scale {result.rescue.scale.toFixed(2)}
            </dd>
          </>
        )}
      </dl>
      <div className="row">
        <button type="button" className="button" onClick={() => setIsMeasuring(true)}>
          Measure this machine
        </button>
      </div>
      {isMeasuring && <BenchmarkDialog onClose={() => setIsMeasuring(false)} />}
    </Section>
  );
}
