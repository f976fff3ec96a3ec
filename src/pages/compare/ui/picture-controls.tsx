import { COMPARE_PARAMS } from '../params.ts';
import { megabytes, percent } from '../../../ui/format.ts';
import { Section } from '../../../ui/section.tsx';
import { Select } from '../../../ui/select.tsx';
import { ParamChoice, ParamSlider, ParamSwitch } from '../../../ui/param-controls.tsx';
import { useCompareSettings, useCompareState } from './compare-context.ts';
import { ZoomControls } from './zoom-controls.tsx';

const [SMALLEST, LARGEST] = COMPARE_PARAMS.longSide.range;
const SIZES = [SMALLEST, 320, 448, 518, 672, 896, LARGEST];

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
          label={COMPARE_PARAMS.longSide.label}
          value={String(settings.longSide)}
          options={sizes.map((size) => ({ value: String(size), label: `${size} px` }))}
          hint={COMPARE_PARAMS.longSide.help}
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
          <ParamChoice
            param={COMPARE_PARAMS.upsampling}
            value={upsampling}
            onChange={(value) => update({ upsampling: value })}
          />
          <ParamSlider
            param={COMPARE_PARAMS.opacity}
            value={opacity}
            format={percent}
            onChange={(value) => update({ opacity: value })}
          />
          <ParamSwitch
            param={COMPARE_PARAMS.showsGrid}
            value={showsGrid}
            onChange={(value) => update({ showsGrid: value })}
          />
        </>
      )}
    </Section>
  );
}
