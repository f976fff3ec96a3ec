import { COMPARE_SIZE } from '../contract.ts';
import { megabytes, percent } from '../../../ui/format.ts';
import { Section } from '../../../ui/section.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Select } from '../../../ui/select.tsx';
import { Slider } from '../../../ui/slider.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { useCompareSettings, useCompareState } from './compare-context.ts';
import { ZoomControls } from './zoom-controls.tsx';

const UPSAMPLINGS = [
  { value: 'nearest', label: 'Nearest' },
  { value: 'bilinear', label: 'Bilinear' },
] as const;
const SIZES = [COMPARE_SIZE.min, 320, 448, 518, 672, 896, COMPARE_SIZE.max];

/** How the maps are drawn, at which size the photos are encoded, and what that takes. */
export function PictureControls() {
  const [settings, update] = useCompareSettings();
  const usage = useCompareState((state) => state.usage);
  const info = useCompareState((state) => state.info);
  // A link may ask for a size between.
  const sizes = [...new Set([...SIZES, settings.longSide])].sort((a, b) => a - b);
  return (
    <>
      {settings.page !== 'scores' && <DrawingControls />}
      <Section title="Size and memory" summary={`${settings.longSide} px`}>
        <Select
          label="Input size"
          value={String(settings.longSide)}
          options={sizes.map((size) => ({ value: String(size), label: `${size} px` }))}
          hint="Longer side, rounded to what each encoder takes; installed networks have a size of their own."
          onChange={(size) => update({ longSide: Number(size) })}
        />
        {usage && (
          <p className="hint" data-usage>
            Features kept: {megabytes(usage.bytes)} of {megabytes(usage.budget)}; the least used give way.
          </p>
        )}
        {info && (
          <p className="hint">
            Encoders run on {info.provider === 'webgpu' ? 'WebGPU' : 'WASM (processor)'}, features are compared on the{' '}
            {info.mathsOn === 'webgpu' ? 'graphics card' : 'processor'}.
          </p>
        )}
      </Section>
    </>
  );
}

function DrawingControls() {
  const [{ page, upsampling, opacity, showsGrid }, update] = useCompareSettings();
  return (
    <Section title="Pictures" open>
      <ZoomControls />
      {/* Lines between neighbours lie on the photos themselves. */}
      {page !== 'neighbours' && (
        <>
          <Segmented
            label="Between places"
            value={upsampling}
            options={UPSAMPLINGS}
            onChange={(value) => update({ upsampling: value })}
          />
          <Slider
            label="Opacity"
            value={opacity}
            min={0.1}
            max={1}
            step={0.05}
            format={percent}
            onChange={(value) => update({ opacity: value })}
          />
          <Switch label="Grid of places" checked={showsGrid} onChange={(value) => update({ showsGrid: value })} />
        </>
      )}
    </Section>
  );
}
