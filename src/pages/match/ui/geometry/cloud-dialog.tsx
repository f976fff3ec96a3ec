import { useState } from 'react';
import type { CloudInfo } from '../../contract/geometry-fit.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import { whole } from '../../../../ui/format.ts';
import { Slider } from '../../../../ui/slider.tsx';
import { CloudCanvas } from './cloud-canvas.tsx';
import { frontOrbit, sideOrbit, topOrbit } from './cloud-orbits.ts';

/** Fewer points than this leave gaps: they are drawn larger. */
const FEW = 20_000;

const KEYS = 'Arrow keys turn, Shift with arrow keys moves, plus and minus zoom, 0 goes back.';

/** The cloud with both cameras, to be turned about. The engine's worker draws it. */
export default function CloudDialog({ cloud, onClose }: { cloud: CloudInfo; onClose: () => void }) {
  const [orbit, setOrbit] = useState(() => frontOrbit(cloud));
  const [pointSize, setPointSize] = useState(cloud.count < FEW ? 4 : 2);
  return (
    <Dialog title={`${whole(cloud.count)} points and both cameras`} className="cloud-dialog" onClose={onClose}>
      <CloudCanvas cloud={cloud} orbit={orbit} pointSize={pointSize} label={KEYS} onOrbit={setOrbit} />
      <div className="cloud-foot">
        <div className="row" role="group" aria-label="Look from">
          <button type="button" className="button" onClick={() => setOrbit(frontOrbit(cloud))}>
            Front
          </button>
          <button type="button" className="button" onClick={() => setOrbit(sideOrbit(cloud))}>
            Side
          </button>
          <button type="button" className="button" onClick={() => setOrbit(topOrbit(cloud))}>
            Above
          </button>
        </div>
        <Slider
          label="Point size"
          value={pointSize}
          min={1}
          max={8}
          step={0.5}
          format={(size) => `${size} px`}
          onChange={setPointSize}
        />
        <p className="hint">
          Drag to turn, wheel or pinch to zoom, right or two-finger drag to move. Blue: camera A, orange: camera B; the
          grey line between them is one unit long.
        </p>
      </div>
    </Dialog>
  );
}
