import { useId, useRef, useState } from 'react';
import {
  CAMERA_MODELS,
  type CameraModel,
  cameraOfText,
  cameraText,
  isCamera,
  type KnownCamera,
} from '../../../../core/camera-model.ts';
import { assumedFocal, focalOfFov } from '../../../../core/focal.ts';
import type { Side } from '../../../../core/geometry.ts';
import { IconButton } from '../../../../ui/icon-button.tsx';
import { ChevronIcon, CloseIcon } from '../../../../ui/icons.tsx';
import { Select } from '../../../../ui/select.tsx';
import { openCameras } from '../../state/geometry/open-cameras.ts';
import { useWorkspace, useWorkspaceState } from '../workspace-context.ts';

const MODEL_LABELS: Record<CameraModel, string> = {
  PINHOLE: 'No distortion',
  OPENCV: 'OpenCV, 4 coefficients',
  FULL_OPENCV: 'OpenCV, 5 or 8 coefficients',
  OPENCV_FISHEYE: 'OpenCV fisheye',
  FOV: 'Field of view (COLMAP’s FOV)',
  THIN_PRISM_FISHEYE: 'Thin prism fisheye (COLMAP)',
  RAD_TAN_THIN_PRISM_FISHEYE: 'Fisheye 624 (COLMAP)',
};
const MODELS = (Object.keys(CAMERA_MODELS) as CameraModel[]).map((value) => ({ value, label: MODEL_LABELS[value] }));

/** Measured cameras: from a file, or typed. They take the place of fields of view and k1. */
export function CameraFields() {
  const workspace = useWorkspace();
  const { camera } = useWorkspaceState((state) => state.geometry.settings);
  const count = Number(camera.a !== null) + Number(camera.b !== null);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <details className="search-controls" open={count > 0} data-cameras>
      <summary>
        <span className="hint">
          Measured cameras: {count === 0 ? 'none' : count === 2 ? 'A and B' : camera.a ? 'A' : 'B'}
        </span>
        <ChevronIcon />
      </summary>
      <div className="section-body">
        <div className="row">
          <button type="button" className="button" onClick={() => picker.current?.click()}>
            Camera file…
          </button>
        </div>
        <p className="hint">
          COLMAP’s cameras.txt, a calibration of OpenCV, ROS or Kalibr, or JSON with fx, fy, cx, cy.
        </p>
        <CameraForm side="a" />
        <CameraForm side="b" />
        <input
          ref={picker}
          type="file"
          accept=".txt,.yml,.yaml,.json,.xml"
          hidden
          data-camera-picker
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) void openCameras(workspace, file);
            target.value = '';
          }}
        />
      </div>
    </details>
  );
}

function CameraForm({ side }: { side: Side }) {
  const { geometry } = useWorkspace();
  const { camera, fov } = useWorkspaceState((state) => state.geometry.settings);
  const photo = useWorkspaceState((state) => state.photos[side].photo?.info);
  const written = camera[side];
  const known = written ? cameraOfText(written) : null;
  if (!photo) return null;
  const name = `Camera of photo ${side.toUpperCase()}`;
  const set = (one: KnownCamera | null) => geometry.update({ camera: { ...camera, [side]: one && cameraText(one) } });
  if (!known) {
    const { width, height } = photo.size;
    const focal = fov[side] !== null ? focalOfFov(width, fov[side]) : (photo.focal ?? assumedFocal(photo.size));
    const start: KnownCamera = {
      model: 'PINHOLE',
      size: photo.size,
      ...{ fx: Number(focal.toFixed(2)), fy: Number(focal.toFixed(2)), cx: width / 2, cy: height / 2 },
      distortion: [],
    };
    return (
      <div className="row">
        <button type="button" className="button" onClick={() => set(start)}>
          Type the camera of {side.toUpperCase()}
        </button>
      </div>
    );
  }
  const change = (patch: Partial<KnownCamera>) => {
    const next = { ...known, ...patch };
    if (isCamera(next)) set(next);
  };
  return (
    <fieldset className="camera-form" aria-label={name} data-camera={side}>
      <div className="field-head">
        <b>{name}</b>
        <IconButton label={`Remove the camera of photo ${side.toUpperCase()}`} onClick={() => set(null)}>
          <CloseIcon />
        </IconButton>
      </div>
      <div className="camera-numbers">
        {(['fx', 'fy', 'cx', 'cy'] as const).map((key) => (
          <NumberText key={key} label={key} value={known[key]} onChange={(value) => change({ [key]: value })} />
        ))}
      </div>
      <Select
        label="Distortion"
        value={known.model}
        options={MODELS}
        onChange={(value) => {
          const model = value as CameraModel;
          const wanted = CAMERA_MODELS[model].length;
          const kept = [...known.distortion, ...Array<number>(wanted).fill(0)].slice(0, wanted);
          // Another kind of lens has other meanings: only OpenCV's four go on into its eight.
          const isSame = known.model === 'OPENCV' && model === 'FULL_OPENCV';
          change({ model, distortion: isSame ? kept : Array<number>(wanted).fill(0) });
        }}
      />
      {known.distortion.length > 0 && (
        <div className="camera-numbers">
          {CAMERA_MODELS[known.model].map((label, i) => (
            <NumberText
              key={`${known.model}-${label}`}
              label={label}
              value={known.distortion[i]}
              onChange={(value) => change({ distortion: known.distortion.map((old, j) => (i === j ? value : old)) })}
            />
          ))}
        </div>
      )}
      <p className="hint">
        Pixels{known.size ? ` of ${known.size.width} × ${known.size.height}` : ''}, the first one’s centre at (0.5,
        0.5).
      </p>
    </fieldset>
  );
}

/** A number of any size, taken when it is one. */
function NumberText({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label htmlFor={id}>
      {label}
      <input
        id={id}
        type="text"
        inputMode="decimal"
        spellCheck={false}
        value={typed ?? String(value)}
        onChange={({ target }) => {
          setTyped(target.value);
          const number = Number(target.value);
          if (target.value.trim() !== '' && Number.isFinite(number)) onChange(number);
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  );
}
