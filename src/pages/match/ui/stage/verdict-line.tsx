import type { ReactNode } from 'react';
import type { VerdictKind } from '../../../../core/match.ts';
import { percent } from '../../../../ui/format.ts';
import { CheckIcon, CloseIcon, PartIcon } from '../../../../ui/icons.tsx';
import { useWorkspaceState } from '../workspace-context.ts';

const ICONS: Record<VerdictKind, () => ReactNode> = { good: CheckIcon, partial: PartIcon, none: CloseIcon };

/** One sentence on the pair and how much of each photo is seen in the other. */
export function VerdictLine() {
  const result = useWorkspaceState((state) => state.result);
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
      </p>
    </div>
  );
}
