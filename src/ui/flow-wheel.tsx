import { useEffect, useRef } from 'react';
import { flowWheel } from '../core/colors/flow-wheel.ts';

const SIZE = 96;

/** The Middlebury colour wheel: each place has the colour of the motion from the centre to it. */
export function FlowWheel({ label }: { label: string }) {
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
