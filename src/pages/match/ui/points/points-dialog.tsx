import { Failure } from '../../../../ui/failure.tsx';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { PointMatching, type PointsState } from '../../state/points.ts';
import type { MatchWorkspace } from '../../state/match-workspace.ts';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import { otherSide, type Side } from '../../../../core/geometry.ts';
import type { PixelCentreChoice } from '../../../../core/points.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import { saveFile } from '../../../../ui/save-file.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Select } from '../../../../ui/select.tsx';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { AnswerTable } from './answer-table.tsx';
import { KeypointOptionFields } from './keypoint-option-fields.tsx';
import { PointListField } from './point-list-field.tsx';
import { useOfferedLists } from './use-offered-lists.ts';
import './points.css';

const CENTRES: { value: PixelCentreChoice; label: string }[] = [
  { value: 'auto', label: 'As the list says, else (0.5, 0.5)' },
  { value: 'half', label: '(0.5, 0.5): this page, COLMAP' },
  { value: 'integer', label: '(0, 0): OpenCV, many annotation tools' },
];

const KEYPOINTS_HINT =
  'Keypoints that another program found in each photo. They are taken to the other photo by the match shown; pairs ' +
  'are those that are nearest to each other.';

const pointsHint = (side: Side) =>
  `Type, paste or drop one point a line as x, y in pixels of photo ${side.toUpperCase()}, or JSON. Each is looked up in ` +
  `the match shown: its place in ${otherSide(side).toUpperCase()}, how certain it is, and how far off it comes back.`;

/** Lists of points in, their places in the other photo out. */
export default function PointsDialog({ onClose }: { onClose: () => void }) {
  const workspace = useWorkspace();
  const { points, state } = usePointMatching(workspace);
  useOfferedLists(workspace, points);
  const hasResult = useWorkspaceState(({ result, job }) => result !== null && job === null);
  const pins = useWorkspaceState((one) => one.pins);
  const [saveError, setSaveError] = useState<PlainError | null>(null);
  const { mode, side, lists, centre, options, isBusy, answer } = state;
  const sides: Side[] = mode === 'points' ? [side] : ['a', 'b'];
  const isReady = hasResult && !isBusy && sides.every((one) => lists[one].text.trim() !== '');
  const error = state.error ?? saveError;

  const save = async (format: 'csv' | 'json') => {
    setSaveError(null);
    try {
      const file = await points.export(format);
      saveFile(file.blob, file.name);
    } catch (thrown) {
      setSaveError(toPlainError(thrown));
    }
  };

  return (
    <Dialog title="Match chosen points" className="points-dialog" onClose={onClose}>
      <div className="stack">
        <Segmented
          label="What to match"
          value={mode === 'keypoints' ? mode : side}
          options={[
            { value: 'a', label: 'Points of A' },
            { value: 'b', label: 'Points of B' },
            { value: 'keypoints', label: 'Keypoints of both' },
          ]}
          onChange={(value) =>
            points.change(value === 'keypoints' ? { mode: value } : { mode: 'points', side: value as Side })
          }
        />
        <p className="hint">{mode === 'points' ? pointsHint(side) : KEYPOINTS_HINT}</p>
        <div className="point-lists">
          {sides.map((one) => (
            <PointListField
              key={one}
              label={mode === 'points' ? `Points in ${one.toUpperCase()}` : `Keypoints of ${one.toUpperCase()}`}
              side={one}
              list={lists[one]}
              pins={pins.filter((pin) => pin.side === one).length}
              onText={(text) => points.setText(one, text)}
              onFile={(file) => void points.readFile(one, file)}
              onPins={() => points.takePins(one)}
            />
          ))}
        </div>
        <Select
          label="Centre of the top-left pixel"
          value={centre}
          options={CENTRES}
          onChange={(value) => points.change({ centre: value as PixelCentreChoice })}
        />
        {mode === 'keypoints' && (
          <KeypointOptionFields
            options={options}
            defaultDistance={points.defaultDistance}
            onChange={(patch) => points.change({ options: { ...options, ...patch } })}
          />
        )}
        {answer && <AnswerTable answer={answer} />}
        {error && <Failure error={error} />}
        {!hasResult && <p className="hint">There is no match yet: open two photos and wait for it.</p>}
        <div className="dialog-actions">
          <button type="button" className="button" disabled={!answer?.table.count} onClick={() => void save('csv')}>
            Save CSV
          </button>
          <button type="button" className="button" disabled={!answer?.table.count} onClick={() => void save('json')}>
            Save JSON
          </button>
          <button type="button" className="button primary" disabled={!isReady} onClick={() => void points.run()}>
            {isBusy ? 'Matching…' : 'Match'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** Lists stay while the dialog is closed, one set a workspace. */
const known = new WeakMap<MatchWorkspace, PointMatching>();

/** The workspace's lists of points and what is known of them. */
function usePointMatching(workspace: MatchWorkspace): { points: PointMatching; state: PointsState } {
  const points = useMemo(() => {
    const made = known.get(workspace) ?? new PointMatching(workspace.store, workspace.link);
    known.set(workspace, made);
    return made;
  }, [workspace]);
  return { points, state: useStore(points.store) };
}
