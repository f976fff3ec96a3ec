import { VIEW_PARAMS } from '../../params.ts';
import { SceneDoors } from '../../ui/fly/scene-doors.tsx';
import { depthNetworks, ESTIMATE, sceneNetworks } from '../../state/fly/flying.ts';
import { useWorkspace, useWorkspaceState } from '../../ui/workspace-context.ts';
import { Select } from '../../../../ui/select.tsx';
import { ParamSlider, ParamSwitch } from '../../../../ui/param-controls.tsx';
import { type FlyInfo, SCALE_FACTORS } from '../../contract/fly.ts';
import { useView } from '../controls/use-view.ts';

/** Where the camera is, what is known of the scene and what is not, and where it can go from here. */
export default function FlyControls() {
  const [view, update] = useView();
  const info = useWorkspaceState((state) => state.fly.info);
  const isByNetwork = useWorkspaceState(({ library }) =>
    sceneNetworks(library.installed).some(({ id }) => id === view.flyBy),
  );
  return (
    <>
      <MadeBy />
      {!isByNetwork && (
        <>
          <DepthBeside />
          <ParamSwitch
            param={VIEW_PARAMS.flyRefine}
            value={view.flyRefine}
            onChange={(flyRefine) => update({ flyRefine })}
          />
        </>
      )}
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

/** Whose Gaussians they are: the match's own, or an installed network's. */
function MadeBy() {
  const [{ flyBy, flyScale }, update] = useView();
  const { library } = useWorkspace();
  const networks = sceneNetworks(useWorkspaceState((state) => state.library.installed));
  const isMissing = flyBy !== null && !networks.some(({ id }) => id === flyBy);
  if (networks.length === 0) {
    return (
      <p className="hint">
        {isMissing && <>The network that the link names is not installed here. </>}
        The Gaussians are the match’s own. DepthSplat can make them, too.{' '}
        {library && (
          <button type="button" className="button quiet" onClick={() => library.open()}>
            Models
          </button>
        )}
      </p>
    );
  }
  return (
    <>
      <Select
        label="Gaussians by"
        value={isMissing ? '' : (flyBy ?? '')}
        options={[
          { value: '', label: 'the match itself' },
          ...networks.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        hint={isMissing ? 'The network that the link names is not installed here.' : undefined}
        onChange={(id) => update({ flyBy: id === '' ? null : id })}
      />
      {flyBy !== null && !isMissing && (
        <Select
          label={VIEW_PARAMS.flyScale.label}
          value={flyScale === null ? '' : String(flyScale)}
          options={[
            { value: '', label: 'the best of them' },
            ...[...new Set([...SCALE_FACTORS, flyScale ?? 1])].sort().map((scale) => ({
              value: String(scale),
              label: `${scale} ×`,
            })),
          ]}
          hint={VIEW_PARAMS.flyScale.help}
          onChange={(scale) => update({ flyScale: scale === '' ? null : Number(scale) })}
        />
      )}
    </>
  );
}

/** What tells depth where the match says little: nothing, rules, or an installed depth network. */
function DepthBeside() {
  const [{ flyDepth }, update] = useView();
  const networks = depthNetworks(useWorkspaceState((state) => state.library.installed));
  const isMissing = flyDepth !== null && flyDepth !== ESTIMATE && !networks.some(({ id }) => id === flyDepth);
  const hint = isMissing
    ? 'The network that the link names is not installed here.'
    : flyDepth === ESTIMATE
      ? 'A guess by rules, the lift studio’s: hidden views of buildings were drawn worse by it.'
      : networks.length === 0
        ? 'An installed depth network (Models) can tell it, too.'
        : undefined;
  return (
    <Select
      label={VIEW_PARAMS.flyDepth.label}
      value={isMissing ? '' : (flyDepth ?? '')}
      options={[
        { value: '', label: 'none' },
        { value: ESTIMATE, label: 'the lift studio’s estimate' },
        ...networks.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      hint={hint}
      onChange={(id) => update({ flyDepth: id === '' ? null : id })}
    />
  );
}

function Facts({ info: { count, drawnBy, focal, parallax, network, prior, refined } }: { info: FlyInfo }) {
  const sides = focal ? (['a', 'b'] as const).filter((side) => focal[side].source === 'assumed') : [];
  const whose = sides.length === 2 ? 'Both focal lengths are' : `The focal length of ${sides[0]?.toUpperCase()} is`;
  return (
    <div className="hint" data-fly={count}>
      <p>
        {count.toLocaleString('en')} Gaussians
        {drawnBy === 'cpu' && !network && ', fewer than are saved: no graphics card draws them'}. The rays of a place
        meet at {parallax.toFixed(1)}°.
      </p>
      {sides.length > 0 && (
        <p>
          {`${whose} assumed (${focal![sides[0]].fov.toFixed(0)}°): if the scene looks squashed, state the field of view in Geometry.`}
        </p>
      )}
      {network && (
        <p>
          {network.name}, at {network.factor.toFixed(2)} of the scale that the matches ask for. Each photo drawn from
          the other’s Gaussians: {network.psnr.toFixed(1)} dB; from the match’s own {network.ofMatch.toFixed(1)} dB.
        </p>
      )}
      {prior && (
        <p data-prior>
          {(['a', 'b'] as const)
            .map((side) => {
              const fit = prior[side];
              return fit
                ? `The depth told from ${side.toUpperCase()} alone explains ${Math.round(100 * fit.explains)} % of what the match says`
                : `That of ${side.toUpperCase()} does not fit the match and is left out`;
            })
            .join('. ')}
          . What passes for sky lies far away.
        </p>
      )}
      {refined && (
        <p data-refined>
          Cameras refined: B turned by {refined.turned.toFixed(2)}° and its way by {refined.moved.toFixed(1)}°, focal
          lengths × {refined.zoom.toFixed(3)}; each photo drawn from the other’s Gaussians is off by{' '}
          {refined.loss[1].toFixed(4)} instead of {refined.loss[0].toFixed(4)}.
        </p>
      )}
      <p>Two photos do not tell how large anything is in metres.</p>
      <p>What only one photo shows lies at a depth that goes on from what both show.</p>
    </div>
  );
}
