import { fileSize, whole } from '../../../ui/format.ts';
import { Section } from '../../../ui/section.tsx';
import { RULE_NAMES } from '../params.ts';
import { useSceneState } from './scene-context.ts';

/** What is known of the scene. */
export function SceneFactsPanel() {
  const facts = useSceneState((state) => state.facts);
  const cameras = useSceneState((state) => state.cameras);
  const surfaces = useSceneState((state) => state.surfaces);
  if (!facts) return null;
  const rows: (readonly [string, string])[] = [
    ['Gaussians', whole(facts.count)],
    ['Harmonics', `degree ${facts.shDegree}`],
    ...(facts.bytes === null
      ? ([['Made from', facts.format]] as const)
      : ([
          ['Format', facts.format],
          ['File', fileSize(facts.bytes)],
        ] as const)),
    ['Flatness', facts.depth.flatness.toFixed(4)],
    ['Faithful depth', RULE_NAMES[facts.depth.rule]],
    ['Radius', facts.radius.toPrecision(3)],
    ['Antialiased', facts.antialiased ? 'yes' : 'no'],
    ['Cameras', cameras ? whole(cameras) : 'none: drop cameras.json'],
    ['True surfaces', surfaces ? whole(surfaces) : 'not known'],
  ];
  return (
    <Section title="Facts" summary={whole(facts.count)}>
      <dl className="scene-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** Under the picture: what draws. */
export function SceneFoot() {
  const info = useSceneState((state) => state.info);
  if (!info) return <p className="scene-foot" />;
  return (
    <p className="scene-foot" data-renders={info.rendersOn}>
      {info.rendersOn === 'webgpu'
        ? `Drawn on WebGPU (${info.adapter}).`
        : `Drawn on the CPU at a reduced size, up to ${whole(info.maxGaussians)} Gaussians. ${info.reason}`}
    </p>
  );
}
