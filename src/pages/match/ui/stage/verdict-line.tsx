import type { ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Look, Verdict, VerdictKind } from '../../../../core/match.ts';
import { percent, seconds } from '../../../../ui/format.ts';
import { CheckIcon, CloseIcon, PartIcon } from '../../../../ui/icons.tsx';
import { lookInWords } from './stage-names.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { finerInput } from '../../state/finer-input.ts';

const ICONS: Record<VerdictKind, () => ReactNode> = { good: CheckIcon, partial: PartIcon, none: CloseIcon };

/** One sentence on the pair and how much of each photo is seen in the other. */
export function VerdictLine() {
  const result = useWorkspaceState((state) => state.result);
  const job = useWorkspaceState((state) => state.job);
  if (job?.soFar) return <SoFar verdict={job.soFar} look={job.progress?.look} />;
  if (!result) return <div className="verdict" role="status" />;
  const { kind, sentence, overlap } = result.verdict;
  const Icon = ICONS[kind];
  return (
    <div className={`verdict ${kind}`} role="status" data-verdict={kind}>
      <span className="verdict-mark">
        <Icon />
      </span>
      <p className="verdict-sentence">{sentence}</p>
      <p className="verdict-overlap">
        {(['a', 'b'] as const).map((side) => (
          <span key={side} title={`Share of photo ${side.toUpperCase()} that is seen in the other photo`}>
            {side.toUpperCase()}
            <span className="meter" aria-hidden="true">
              <span style={{ width: `${100 * overlap[side]}%` }} />
            </span>
            <b>{percent(overlap[side])}</b>
          </span>
        ))}
        <span className="visually-hidden">of each photo is seen in the other.</span>
        <FinerOffer />
      </p>
    </div>
  );
}

/** A larger input, where the photos show far more than the model saw and little was found. */
function FinerOffer() {
  const workspace = useWorkspace();
  const offer = useWorkspaceState(useShallow(finerInput));
  if (!offer) return null;
  const { longSide, ratio, milliseconds } = offer;
  return (
    <button
      type="button"
      className="finer"
      title={`The photos have ${ratio.toFixed(1)} times the detail that the model was shown: small print needs it.`}
      onClick={() => workspace.updateSettings({ longSide })}
    >
      Look closer: {longSide} px{milliseconds !== null && `, about ${seconds(milliseconds)} a look`}
    </button>
  );
}

/** What is known while better matches are looked for. Where it looks changes too often to be read out. */
function SoFar({ verdict: { kind, overlap }, look }: { verdict: Verdict; look: Look | undefined }) {
  return (
    <div className="verdict so-far" role="status" data-so-far={kind}>
      <p className="verdict-sentence">
        {kind === 'none'
          ? 'No common scene so far, still looking'
          : `So far ${percent(overlap.a)} of A is seen in B and ${percent(overlap.b)} of B in A, still looking`}
        {look && <span aria-hidden="true">: {lookInWords(look)}</span>} …
      </p>
    </div>
  );
}
