import { saveFile } from '../../../../ui/save-file.ts';
import { Section } from '../../../../ui/section.tsx';
import { useLift, useLiftState } from '../lift-context.ts';

/** Where the pair can go with its truth. */
export function SendControls() {
  const lift = useLift();
  const canSend = useLiftState((state) => state.facts !== null && state.opening === null);
  const saveSample = async () => {
    try {
      const { blob, name, notes } = await lift.link.call('exportFrame', { format: 'sample', side: 'b' });
      saveFile(blob, name);
      for (const message of notes) lift.workspace.notices.add('info', { code: 'lift-sample', message, remedy: '' });
    } catch (thrown) {
      lift.report(thrown);
    }
  };
  return (
    <Section title="Use the pair">
      <button type="button" className="button" disabled={!canSend} onClick={() => void lift.sending.toMatch()}>
        Match this pair
      </button>
      <button type="button" className="button" disabled={!canSend} onClick={() => void lift.sending.toCompare()}>
        Score encoders on it
      </button>
      <button type="button" className="button" disabled={!canSend} onClick={() => void lift.sending.toScene()}>
        Open the photo as a scene
      </button>
      <button type="button" className="button" disabled={!canSend} onClick={() => void saveSample()}>
        Save as a training sample (ZIP)
      </button>
      <p className="hint">
        The sample holds both pictures, depths, cameras, the exact warp and its mask, laid out as L2M’s training data.
      </p>
    </Section>
  );
}
