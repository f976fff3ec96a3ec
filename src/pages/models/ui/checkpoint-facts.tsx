import type { InstalledModel } from '../../../models/library-contract.ts';
import { fileSize } from '../../../ui/format.ts';

/** What an installed model was made from, as far as it is known. */
export function CheckpointFacts({ model }: { model: InstalledModel }) {
  const { checkpoints, facts, unused } = model;
  return (
    <dl className="facts">
      {model.kind !== 'matcher' && (
        <>
          <dt>Licence</dt>
          <dd>{model.licence === 'NOASSERTION' ? 'not stated' : model.licence}</dd>
          <dt>Source</dt>
          <dd>{model.source}</dd>
        </>
      )}
      {checkpoints.map(({ name, bytes, sha256, isVerified, formerSha256 }) => (
        <CheckpointLine
          key={name}
          name={name}
          text={fileSize(bytes)}
          sha256={sha256}
          isVerified={isVerified}
          formerSha256={formerSha256}
        />
      ))}
      {facts.length > 0 && (
        <>
          <dt>Network</dt>
          <dd>
            {facts.map((fact) => (
              <span key={fact} className="line">
                {fact}
              </span>
            ))}
          </dd>
        </>
      )}
      {unused.length > 0 && (
        <>
          <dt>Not used</dt>
          <dd>
            {unused.length === 1
              ? unused[0]
              : `${unused.length} tensors: ${unused.slice(0, 4).join(', ')}${unused.length > 4 ? '…' : ''}`}
          </dd>
        </>
      )}
    </dl>
  );
}

interface CheckpointLineProps {
  name: string;
  text: string;
  sha256: string | null;
  isVerified: boolean;
  formerSha256: string | null;
}

function CheckpointLine({ name, text, sha256, isVerified, formerSha256 }: CheckpointLineProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {text}
        {sha256 && (
          <span className="line hash" data-sha256={sha256}>
            {isVerified ? 'sha256 as published' : 'sha256'} {sha256}
          </span>
        )}
        {formerSha256 && <span className="line hash changed">The same address gave {formerSha256} before.</span>}
      </dd>
    </>
  );
}
