import { type KeyboardEvent, useRef, useState } from 'react';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import type { Side } from '../../../../core/geometry.ts';
import { maskShare } from '../../../../core/mask.ts';
import { Dialog } from '../../../../ui/dialog.tsx';
import { percent } from '../../../../ui/format.ts';
import { saveFile } from '../../../../ui/save-file.ts';
import { Segmented } from '../../../../ui/segmented.tsx';
import { Slider } from '../../../../ui/slider.tsx';
import { useElementSize } from '../../../../ui/use-element-size.ts';
import { MaskPainting, paintedSize } from '../../state/masks/painting.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';
import { MaskCanvas, type MaskTool } from './mask-canvas.tsx';

const TOOLS: { value: MaskTool; label: string }[] = [
  { value: 'out', label: 'Brush' },
  { value: 'back', label: 'Eraser' },
  { value: 'polygon', label: 'Polygon' },
];

const HINTS: Record<MaskTool, string> = {
  out: 'Red is left out. Arrow keys move the brush, with Shift they paint; Space paints a spot.',
  back: 'What is wiped counts again. Arrow keys move, with Shift they wipe; Space wipes a spot.',
  polygon: 'Click corners; a double click, or the first corner again, leaves out what is inside. Space sets a corner.',
};

const KEYS: Record<string, MaskTool> = { b: 'out', e: 'back', p: 'polygon' };
const RADII = { min: 0.003, max: 0.2, default: 0.03 } as const;
/** CSS pixels that the photo takes of the window besides the tools. */
const TOOLS_HEIGHT = 300;

/** Paints the mask of one photo. Nothing changes for the match until it is applied. */
export default function MaskDialog({ side, onClose }: { side: Side; onClose: () => void }) {
  const { masks } = useWorkspace();
  const photo = useWorkspaceState((state) => state.photos[side].photo);
  const named = useWorkspaceState((state) => state.masks[side]);
  const [painting] = useState(() => photo && new MaskPainting(paintedSize(photo.info.size), named?.mask ?? null));
  const [version, setVersion] = useState(0);
  const [tool, setTool] = useState<MaskTool>('out');
  const [radius, setRadius] = useState<number>(RADII.default);
  const [zoom, setZoom] = useState(1);
  const [error, setError] = useState<PlainError | null>(null);
  const view = useRef<HTMLDivElement>(null);
  const available = useElementSize(view);
  if (!photo || !painting) return null;
  const { size } = photo.info;
  const share = maskShare(painting.mask);
  const fitting = Math.min(available?.width ?? 320, ((window.innerHeight - TOOLS_HEIGHT) * size.width) / size.height);

  const changed = () => setVersion((count) => count + 1);
  const step = (work: () => void) => () => {
    work();
    changed();
  };
  const undo = step(() => painting.undo());
  const redo = step(() => painting.redo());
  const apply = () => {
    void masks.set(side, { mask: painting.mask, name: named?.name ?? 'painted' });
    onClose();
  };
  const save = async () => {
    try {
      saveFile(await masks.save(painting.mask), `${photo.name.replace(/\.[^.]{1,5}$/, '')}.mask.png`);
    } catch (thrown) {
      setError(toPlainError(thrown));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && key === 'z') (event.shiftKey ? redo : undo)();
    else if (isCommand && key === 'y') redo();
    else if (isCommand || event.altKey) return;
    else if (key in KEYS) setTool(KEYS[key]);
    else if (key === '[') setRadius(Math.max(RADII.min, radius / 1.25));
    else if (key === ']') setRadius(Math.min(RADII.max, radius * 1.25));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Dialog title={`Mask of photo ${side.toUpperCase()}`} className="mask-dialog" onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: shortcuts of what is in it. */}
      <div onKeyDown={onKeyDown}>
        <div className="mask-tools">
          <Segmented label="Tool" value={tool} options={TOOLS} onChange={setTool} />
          {tool !== 'polygon' && (
            <Slider
              label="Brush"
              value={Math.log(radius)}
              min={Math.log(RADII.min)}
              max={Math.log(RADII.max)}
              step={0.01}
              format={(value) => `${(200 * Math.exp(value)).toFixed(1)} %`}
              onChange={(value) => setRadius(Math.exp(value))}
            />
          )}
          <Slider
            label="Zoom"
            value={zoom}
            min={1}
            max={6}
            step={0.25}
            format={(value) => `${value}×`}
            onChange={setZoom}
          />
          <div className="row">
            <button type="button" className="button" disabled={!painting.canUndo} onClick={undo}>
              Undo
            </button>
            <button type="button" className="button" disabled={!painting.canRedo} onClick={redo}>
              Redo
            </button>
            <button type="button" className="button" onClick={step(() => painting.invert())}>
              Invert
            </button>
            <button type="button" className="button" disabled={share === 1} onClick={step(() => painting.fill(true))}>
              Clear
            </button>
          </div>
        </div>
        <div className="mask-view" ref={view}>
          <MaskCanvas
            label={`Photo ${side.toUpperCase()}, to be painted`}
            photo={{ url: photo.url, size }}
            painting={painting}
            version={version}
            tool={tool}
            radius={radius}
            width={Math.max(120, fitting) * zoom}
            onChange={changed}
          />
        </div>
        <div className="mask-foot">
          <p className="hint">
            {error ? `${error.message} ${error.remedy}` : `${HINTS[tool]} ${percent(1 - share)} is left out.`}
          </p>
          <button type="button" className="button" onClick={() => void save()}>
            Save PNG
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button primary" disabled={share === 0} onClick={apply}>
            Apply
          </button>
        </div>
      </div>
    </Dialog>
  );
}
