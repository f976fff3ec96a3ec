import { useState } from 'react';
import { DEFAULT_EMBED, haveAddresses } from '../../state/address/embed-snippet.ts';
import { copyText } from '../../../../ui/copy-text.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Switch } from '../../../../ui/switch.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

/** Writes the HTML that shows this match in another page. */
export default function EmbedDialog({ onClose }: { onClose: () => void }) {
  const workspace = useWorkspace();
  const needsShare = useWorkspaceState((state) => !haveAddresses(state));
  const [choice, setChoice] = useState(DEFAULT_EMBED);
  const change = (patch: Partial<typeof choice>) => setChoice({ ...choice, ...patch });
  const snippet = workspace.embedSnippet(choice);
  const isReady = !needsShare || choice.share !== '';
  return (
    <Dialog title="Embed" onClose={onClose}>
      <div className="stack">
        <Segmented
          label="As"
          value={choice.kind}
          options={[
            { value: 'iframe', label: 'Frame' },
            { value: 'element', label: 'Element' },
          ]}
          onChange={(kind) => change({ kind })}
        />
        <label className="stack-tight">
          Address of a share file{needsShare ? '' : ' (optional)'}
          <input
            type="url"
            placeholder="https://"
            value={choice.share}
            onChange={(event) => change({ share: event.target.value.trim() })}
          />
        </label>
        <p className="hint">
          {needsShare
            ? 'These photos were opened from files. Save a share file (Export), put it on your site, and give its address here.'
            : 'A share file (Export) on your site shows this result at once, without a model.'}{' '}
          Its server must let other pages read it (CORS).
        </p>
        <Switch
          label="Tabs, verdict and legend"
          checked={choice.controls}
          onChange={(controls) => change({ controls })}
        />
        <Switch
          label="Start by itself when seen"
          checked={choice.autorun}
          onChange={(autorun) => change({ autorun })}
        />
        <label className="stack-tight">
          HTML for your page
          <textarea
            className="snippet"
            readOnly
            rows={6}
            value={isReady ? snippet : ''}
            onFocus={(event) => event.target.select()}
          />
        </label>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <button
            type="button"
            className="button primary"
            disabled={!isReady}
            onClick={() => void copyText(snippet, 'The HTML was copied.', workspace.notices)}
          >
            Copy
          </button>
        </div>
      </div>
    </Dialog>
  );
}
