import { colorMapGradient } from '../core/colors/color-maps.ts';
import type { Legend } from '../core/colors/legend.ts';
import { useEffect, useRef } from 'react';
import { flowWheel } from '../core/colors/flow-wheel.ts';

/** A legend as it is drawn; nothing where the picture explains itself. */
export function LegendFigure({ legend }: { legend: Legend | null }) {
  switch (legend?.kind) {
    case 'ramp':
      return <Ramp title={legend.title} map={legend.map} ticks={legend.ticks} />;
    case 'wheel':
      return <FlowWheel label={legend.rim} />;
    case 'text':
      return <p className="legend muted">{legend.text}</p>;
    default:
      return null;
  }
}

function Ramp({ title, map, ticks }: { title: string; map: Parameters<typeof colorMapGradient>[0]; ticks: string[] }) {
  return (
    <figure className="legend ramp" aria-label={`${title}: ${ticks[0]} to ${ticks[ticks.length - 1]}`}>
      <figcaption>{title}</figcaption>
      <div className="ramp-bar" style={{ background: colorMapGradient(map) }} />
      <div className="ramp-ticks" aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
    </figure>
  );
}

const SIZE = 96;

/** The Middlebury colour wheel: each place has the colour of the motion from the centre to it. */
function FlowWheel({ label }: { label: string }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    ref.current?.getContext('2d')?.putImageData(new ImageData(flowWheel(SIZE), SIZE, SIZE), 0, 0);
  }, []);
  return (
    <figure className="legend wheel" aria-label={`Colour wheel of motion; the rim is ${label}`}>
      <canvas ref={ref} width={SIZE} height={SIZE} />
      <figcaption>
        Motion
        <br />
        <span className="muted">rim {label}</span>
      </figcaption>
    </figure>
  );
}
