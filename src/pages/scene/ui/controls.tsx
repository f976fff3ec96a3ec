import { percent, whole } from '../../../ui/format.ts';
import { ParamChoice, ParamSlider } from '../../../ui/param-controls.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import type { DepthKind } from '../../../gaussians/raster/render.ts';
import type { ScenePicture } from '../contract/api.ts';
import { SCENE_PARAMS } from '../params.ts';
import { useScene, useSceneState } from './scene-context.ts';
import { pictureHint, whyThisDepth } from './texts.ts';

/** What is drawn, and with which lens. */
export function ViewControls() {
  const scene = useScene();
  const values = useSceneState((state) => state.values);
  const facts = useSceneState((state) => state.facts);
  const { picture, rule, against, up, fieldOfView } = SCENE_PARAMS;
  const hint = pictureHint(values.picture);
  return (
    <Section title="View" open summary={picture.options.find(({ value }) => value === values.picture)?.label}>
      <Select
        label={picture.label}
        value={values.picture}
        options={picture.options}
        onChange={(value) => scene.set({ picture: value as ScenePicture })}
        hint={hint}
      />
      <Select
        label={rule.label}
        value={values.rule}
        options={rule.options}
        onChange={(value) => scene.set({ rule: value as DepthKind | 'auto' })}
        hint={facts ? whyThisDepth(facts.depth, values.rule) : undefined}
      />
      {values.picture === 'difference' && (
        <Select
          label={against.label}
          value={values.against}
          options={against.options}
          onChange={(value) => scene.set({ against: value as DepthKind })}
        />
      )}
      <ParamSlider
        param={fieldOfView}
        value={values.fieldOfView}
        onChange={(value) => scene.set({ fieldOfView: value })}
      />
      <ParamChoice param={up} value={values.up} onChange={(value) => scene.set({ up: value })} />
      <button type="button" className="button" disabled={!facts} onClick={() => scene.fit()}>
        Show the whole scene
      </button>
    </Section>
  );
}

/** What hides floaters. */
export function FloaterControls() {
  const scene = useScene();
  const strength = useSceneState((state) => state.values.floaters);
  const count = useSceneState((state) => state.facts?.count ?? null);
  const shown = useSceneState((state) => state.shown);
  const canUndo = useSceneState((state) => state.undo.length > 0);
  const hidden = count === null ? 0 : count - shown;
  return (
    <Section title="Floaters" summary={count !== null && hidden > 0 ? percent(hidden / count) : undefined}>
      <ParamSlider
        param={SCENE_PARAMS.floaters}
        value={strength}
        onChange={(value) => scene.setFloaters(value)}
        format={(value) => (value === 0 ? 'none' : value.toFixed(2))}
      />
      <p className="hint" data-hidden={hidden}>
        {hidden > 0 ? `${whole(hidden)} of ${whole(count!)} Gaussians are hidden.` : 'Everything is shown.'} Nothing is
        deleted.
      </p>
      <button type="button" className="button" disabled={!canUndo} onClick={() => scene.undoFloaters()}>
        Undo
      </button>
    </Section>
  );
}

/** The scene as a file. */
export function SaveControls() {
  const scene = useScene();
  const isOpen = useSceneState((state) => state.facts !== null);
  const save = async (format: 'ply' | 'spz') => {
    try {
      const { blob, name } = await scene.link.call('save', { format });
      saveFile(blob, name);
    } catch (thrown) {
      scene.report(thrown);
    }
  };
  return (
    <Section title="Save the scene">
      <div className="scene-buttons">
        <button type="button" className="button" disabled={!isOpen} onClick={() => void save('ply')}>
          Save .ply
        </button>
        <button type="button" className="button" disabled={!isOpen} onClick={() => void save('spz')}>
          Save .spz
        </button>
      </div>
      <p className="hint">What is hidden is left out. A .ply keeps every number; an .spz is a tenth of its size.</p>
    </Section>
  );
}
