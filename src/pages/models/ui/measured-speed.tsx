import type { MeasuredSpeed } from '../../../workspace/speeds.ts';
import { usualTime } from '../../../workspace/speeds.ts';

/** Time in words: 85 ms, 2.4 s. */
export function duration(milliseconds: number): string {
  return milliseconds < 950 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** What a model took on this machine. */
export function MeasuredSpeedText({ speed }: { speed: MeasuredSpeed }) {
  const { provider, longSide, runs } = speed;
  return (
    <span data-speed={Math.round(usualTime(speed))}>
      {duration(usualTime(speed))} a pair here ({provider === 'webgpu' ? 'WebGPU' : 'WASM'}, {longSide} px
      {runs.length > 1 && `, median of ${runs.length}`})
    </span>
  );
}
