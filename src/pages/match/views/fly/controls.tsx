import { VIEW_PARAMS } from '../../params.ts';
import { SceneDoors } from '../../ui/fly/scene-doors.tsx';
import { useWorkspaceState } from '../../ui/workspace-context.ts';
import { ParamSlider } from '../../../../ui/param-controls.tsx';
import type { FlyInfo } from '../../contract/fly.ts';
import { useView } from '../controls/use-view.ts';

/** Where the camera is, what is known of the scene and what is not, and where it can go from here. */
export default function FlyControls() {
  const [view, update] = useView();
  const info = useWorkspaceState((state) => state.fly.info);
  return (
    <>
      <ParamSlider
        param={VIEW_PARAMS.flyAt}
        value={view.flyAt}
        format={(at) => `${Math.round(100 * at)} %`}
        onChange={(flyAt) => update({ flyAt })}
      />
      <ParamSlider param={VIEW_PARAMS.flyYaw} value={view.flyYaw} onChange={(flyYaw) => update({ flyYaw })} />
      <ParamSlider param={VIEW_PARAMS.flyPitch} value={view.flyPitch} onChange={(flyPitch) => update({ flyPitch })} />
      {info && info.count > 0 && (
        <>
          <Facts info={info} />
          <SceneDoors />
        </>
      )}
    </>
  );
}

function Facts({ info: { count, drawnBy, focal, parallax } }: { info: FlyInfo }) {
  const sides = focal ? (['a', 'b'] as const).filter((side) => focal[side].source === 'assumed') : [];
  const whose = sides.length === 2 ? 'Both focal lengths are' : `The focal length of ${sides[0]?.toUpperCase()} is`;
  return (
    <div className="hint" data-fly={count}>
      <p>
        {count.toLocaleString('en')} Gaussians
        {drawnBy === 'cpu' && ', fewer than are saved: no graphics card draws them'}. The rays of a place meet at{' '}
        {parallax.toFixed(1)}°.
      </p>
      {sides.length > 0 && (
        <p>
          {`${whose} assumed (${focal![sides[0]].fov.toFixed(0)}°): if the scene looks squashed, state the field of view in Geometry.`}
        </p>
      )}
      <p>Two photos do not tell how large anything is in metres.</p>
      <p>What only one photo shows lies at a depth that goes on from what both show.</p>
    </div>
  );
}
