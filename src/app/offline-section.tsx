import { useState } from 'react';
import { useStore } from 'zustand';
import type { Offline } from './offline/offline.ts';
import { fileSize } from '../ui/format.ts';
import { Section } from '../ui/section.tsx';
import { Switch } from '../ui/switch.tsx';

const SUMMARIES = { starting: 'preparing …', ready: 'ready', absent: 'off', unsupported: '' };

/** What the browser keeps so that the page opens without a network, and threads for servers that do not allow them. */
export function OfflineSection({ offline }: { offline: Offline }) {
  const { status, isolation, bytes, problem } = useStore(offline.store);
  const [isBusy, setBusy] = useState(false);
  if (status === 'unsupported') return null;
  const during = (work: () => Promise<void>) => {
    setBusy(true);
    void work().finally(() => setBusy(false));
  };
  return (
    <Section title="Offline and threads" summary={SUMMARIES[status]}>
      <p className="hint">
        {status === 'absent'
          ? `Nothing is kept for opening the page without a network.${problem ? ` ${problem}` : ''}`
          : 'The app, and the models and samples that you used, also open without a network.'}
        {bytes !== null && ` This site takes ${fileSize(bytes)} of your disk, installed models included.`}
      </p>
      {isolation !== 'by-server' && (
        <Switch
          label="Several processor threads"
          checked={isolation === 'on'}
          hint="Loads the page anew, isolated from other sites: models on WASM then use up to four threads."
          onChange={(on) => during(() => offline.setIsolation(on))}
        />
      )}
      <button
        type="button"
        className="button quiet"
        disabled={isBusy || status === 'starting'}
        onClick={() => during(() => (status === 'ready' ? offline.remove() : offline.allow()))}
      >
        {status === 'ready' ? 'Keep nothing for offline use' : 'Keep the app for offline use'}
      </button>
    </Section>
  );
}
