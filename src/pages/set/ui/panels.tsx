import { type ChangeEvent, useRef } from 'react';
import { SET_EXPORTS } from '../../../exports/sets/index.ts';
import { copyText } from '../../../ui/copy-text.ts';
import { PlusIcon } from '../../../ui/icons.tsx';
import { ParamChoice, ParamSlider, ParamSwitch } from '../../../ui/param-controls.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { Section } from '../../../ui/section.tsx';
import { SET_PARAMS } from '../params.ts';
import { pairName, ruleOf, type SetState } from '../state/types.ts';
import { useSet, useSetState } from './set-context.ts';

const doneOf = ({ planned, pairs }: SetState): number =>
  (planned ?? []).reduce((sum, pair) => sum + (pairs[pairName(pair)]?.state === 'done' ? 1 : 0), 0);
const failedOf = ({ planned, pairs }: SetState): number =>
  (planned ?? []).reduce((sum, pair) => sum + (pairs[pairName(pair)]?.state === 'failed' ? 1 : 0), 0);

/** Starts, pauses and ends the matching, and says how far it is. */
export function RunPanel() {
  const set = useSet();
  const count = useSetState((state) => state.photos.length);
  const status = useSetState((state) => state.status);
  const planned = useSetState((state) => state.planned);
  const done = useSetState(doneOf);
  const failed = useSetState(failedOf);
  const facts = useSetState((state) => state.facts);
  const reason = useSetState((state) => state.info?.providerReason);
  if (count === 0) return null;
  const isRunning = status === 'running' || status === 'pausing';
  const total = planned?.length ?? 0;
  const isDone = planned !== null && total > 0 && done + failed === total && failed === 0;
  return (
    <section className="set-run" aria-label="Matching" data-status={status} data-done={done} data-total={total}>
      <div className="set-bar-actions">
        {!isRunning && (
          <button
            type="button"
            className="button primary"
            disabled={count < 2 || isDone}
            onClick={() => void set.matching.run()}
          >
            {status === 'paused' || (done > 0 && !isDone) ? 'Go on' : 'Match all pairs'}
          </button>
        )}
        {isRunning && (
          <>
            <button
              type="button"
              className="button"
              disabled={status === 'pausing'}
              onClick={() => set.matching.pause()}
            >
              {status === 'pausing' ? 'Pausing …' : 'Pause'}
            </button>
            <button type="button" className="button" onClick={() => set.matching.cancel()}>
              Cancel
            </button>
          </>
        )}
        {!isRunning && done > 0 && !facts && (
          <button
            type="button"
            className="button"
            onClick={() => void set.matching.assemble().catch((e) => set.report(e))}
          >
            Put together
          </button>
        )}
      </div>
      {count >= 2 && <progress max={Math.max(1, total)} value={done + failed} aria-label="Pairs matched" />}
      <p className="hint" role="status">
        <Progress done={done} total={total} failed={failed} />
      </p>
      {facts && (
        <p className="set-facts" data-tracks={facts.tracks}>
          {facts.tracks === 0
            ? 'No two of these photos show a common scene.'
            : `${facts.tracks.toLocaleString('en')} tracks, ${facts.meanLength.toFixed(2)} photos each in the mean; ` +
              `${facts.verifiedPairs} of ${total} pairs verified.`}
        </p>
      )}
      {reason && <p className="hint">{reason}</p>}
    </section>
  );
}

function Progress({ done, total, failed }: { done: number; total: number; failed: number }) {
  const current = useSetState((state) => state.current);
  const photos = useSetState((state) => state.photos);
  const planned = useSetState((state) => state.planned);
  if (photos.length < 2) return 'Two photos are needed.';
  const stage = current?.progress?.stage;
  const percent = current?.progress?.fraction != null ? ` ${Math.round(100 * current.progress.fraction)} %` : '';
  if (stage === 'model') return `Loading the model${percent} …`;
  if (stage === 'fit') return `Fitting geometries to the cameras${percent} …`;
  if (stage === 'encode') return `Encoding photos to find likely pairs${percent} …`;
  if (!planned) return 'Likely pairs are found when the matching begins: every photo is encoded once.';
  const nameOf = (id: string) => photos.find((photo) => photo.id === id)?.name;
  const now = current?.pair ? ` ${nameOf(current.pair.a)} – ${nameOf(current.pair.b)}` : '';
  return `${done} of ${total} pairs${failed ? `, ${failed} failed` : ''}.${now}`;
}

/** Which pairs are matched, and how. */
export function PairPanel() {
  const set = useSet();
  const values = useSetState((state) => state.values);
  const rule = useSetState(ruleOf);
  const { pairs, reach, neighbours, rescue } = SET_PARAMS;
  const RULES = { sequence: 'each with the next', all: 'all with all', likely: 'by likeness' } as const;
  return (
    <Section title="Pairs" open summary={RULES[rule]}>
      <ParamChoice param={pairs} value={values.pairs} onChange={(value) => set.set({ pairs: value })} />
      {values.pairs === 'auto' && <p className="hint">All with all up to 20 photos, likely pairs beyond.</p>}
      {rule === 'sequence' && (
        <ParamSlider param={reach} value={values.reach} onChange={(value) => set.set({ reach: value })} />
      )}
      {rule === 'likely' && (
        <ParamSlider
          param={neighbours}
          value={values.neighbours}
          onChange={(value) => set.set({ neighbours: value })}
        />
      )}
      <ParamSwitch param={rescue} value={values.rescue} onChange={(value) => set.set({ rescue: value })} />
    </Section>
  );
}

export function KeypointPanel() {
  const set = useSet();
  const value = useSetState((state) => state.values.keypoints);
  return (
    <Section title="Tracks" summary={value.toLocaleString('en')}>
      <ParamSlider param={SET_PARAMS.keypoints} value={value} onChange={(keypoints) => set.set({ keypoints })} />
      <p className="hint">
        The longest and surest tracks, spread evenly over the photos. Each photo has one place of a track at most.
      </p>
    </Section>
  );
}

/** What lies beside the photos: measured cameras and masks. */
export function BesidePanel() {
  const set = useSet();
  const beside = useSetState((state) => state.beside);
  const count = useSetState((state) => state.photos.length);
  const files = useRef<HTMLInputElement>(null);
  const known = Object.values(beside?.photos ?? {});
  const measured = known.filter(({ camera }) => camera !== null).length;
  const masked = known.filter(({ isMasked }) => isMasked).length;
  const summary = [measured && `${measured} measured`, masked && `${masked} masked`].filter(Boolean);
  const onPick = (event: ChangeEvent<HTMLInputElement>) => {
    const given = [...(event.target.files ?? [])];
    event.target.value = '';
    void set.take({ files: given, folders: [], text: '' });
  };
  return (
    <Section title="Cameras and masks" summary={summary.join(', ') || undefined}>
      <p className="hint">
        Dropped with the photos or after them: a calibration (COLMAP, OpenCV, ROS, Kalibr, JSON) is the camera of the
        photos that it names (left.yml, images.txt beside cameras.txt), or of all of its shape. left.mask.png says what
        counts of left.jpg.
      </p>
      <button type="button" className="button" onClick={() => files.current?.click()}>
        <PlusIcon /> Add calibrations or masks
      </button>
      {beside !== null && beside.calibrations.length > 0 && (
        <>
          <p className="hint" data-calibrations={measured}>
            {beside.calibrations.slice(0, 3).join(', ')}
            {beside.calibrations.length > 3 && ` and ${beside.calibrations.length - 3} more`}: cameras of {measured} of{' '}
            {count} photos. Other cameras need no new match.
          </p>
          <button type="button" className="button" onClick={() => void set.forgetBeside('cameras')}>
            Forget the cameras
          </button>
        </>
      )}
      {masked > 0 && (
        <button type="button" className="button" onClick={() => void set.forgetBeside('masks')}>
          Forget the masks
        </button>
      )}
      <input
        ref={files}
        type="file"
        accept=".txt,.yml,.yaml,.json,image/*"
        multiple
        hidden
        data-picker="set-beside"
        onChange={onPick}
      />
    </Section>
  );
}

const COMMAND = 'colmap mapper --database_path database.db --image_path photos --output_path sparse';

/** What the set can be saved as, and what to do with it. */
export function SavePanel() {
  const set = useSet();
  const facts = useSetState((state) => state.facts);
  const saving = useSetState((state) => state.saving);
  const values = useSetState((state) => state.values);
  const save = async (format: (typeof SET_EXPORTS)[number]['name']) => {
    const file = await set.save(format);
    if (file) saveFile(file.blob, file.name);
  };
  return (
    <Section title="Save" open summary={facts?.tracks ? undefined : 'after matching'}>
      <ParamChoice param={SET_PARAMS.cameras} value={values.cameras} onChange={(cameras) => set.set({ cameras })} />
      <p className="hint">{SET_PARAMS.cameras.help}</p>
      <ParamChoice
        param={SET_PARAMS.firstPixel}
        value={values.firstPixel}
        onChange={(firstPixel) => set.set({ firstPixel })}
      />
      <p className="hint">{SET_PARAMS.firstPixel.help}</p>
      <ul className="set-formats">
        {SET_EXPORTS.map(({ name, label, text }) => (
          <li key={name}>
            <button
              type="button"
              className="button"
              disabled={!facts?.tracks || saving !== null}
              onClick={() => void save(name)}
            >
              {saving === name ? 'Writing …' : label}
            </button>
            <p className="hint">{text}</p>
          </li>
        ))}
      </ul>
      <p className="hint">
        Cameras and points in space are <a href="https://colmap.github.io">COLMAP</a>’s business: put the photos into a
        folder under the names that they have here, and run
      </p>
      <pre className="set-command">{COMMAND}</pre>
      <button
        type="button"
        className="button"
        onClick={() => void copyText(COMMAND, 'The command was copied.', set.workspace.notices)}
      >
        Copy the command
      </button>
    </Section>
  );
}
