import { colorMapAt } from '../../../../core/colors/color-maps.ts';
import { flowWheel } from '../../../../core/colors/flow-wheel.ts';
import type { Legend } from '../../../../core/colors/legend.ts';

/** Sizes of the strip below the picture, CSS pixels; all grow with the figure's scale. */
const STRIP = { ramp: 52, wheel: 84, text: 36 } as const;
const MARGIN = 12;
const RAMP = { width: 240, height: 10 };
const WHEEL = 64;
const FONT_SIZE = 13;
const WHITE = '#ffffff';
const INK = '#1d1d1b';

type Context = OffscreenCanvasRenderingContext2D;

/**
 * The picture with its legend in a strip below it, as a PNG. The strip is white: figures go into papers.
 * @param scale pixels of the picture per CSS pixel
 */
export async function addLegend(picture: Blob, legend: Legend, scale: number): Promise<Blob> {
  const image = await createImageBitmap(picture);
  const strip = Math.round(STRIP[legend.kind] * scale);
  const canvas = new OffscreenCanvas(image.width, image.height + strip);
  const context = canvas.getContext('2d')!;
  context.fillStyle = WHITE;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  context.translate(0, image.height);
  image.close();
  context.scale(scale, scale);
  context.fillStyle = INK;
  context.font = `${FONT_SIZE}px system-ui, sans-serif`;
  if (legend.kind === 'ramp') drawRamp(context, legend);
  else if (legend.kind === 'wheel') drawWheel(context, legend.rim, scale);
  else context.fillText(legend.text, MARGIN, MARGIN + FONT_SIZE - 2);
  return canvas.convertToBlob({ type: 'image/png' });
}

function drawRamp(context: Context, { title, map, ticks }: Extract<Legend, { kind: 'ramp' }>): void {
  context.textBaseline = 'middle';
  context.fillText(title, MARGIN, MARGIN + RAMP.height / 2);
  const left = MARGIN + context.measureText(title).width + MARGIN;
  const gradient = context.createLinearGradient(left, 0, left + RAMP.width, 0);
  for (let i = 0; i <= 32; i++)
    gradient.addColorStop(
      i / 32,
      `rgb(${colorMapAt(map, i / 32)
        .map(Math.round)
        .join(' ')})`,
    );
  context.fillStyle = gradient;
  context.fillRect(left, MARGIN, RAMP.width, RAMP.height);
  context.fillStyle = INK;
  context.textBaseline = 'top';
  ticks.forEach((tick, i) => {
    context.textAlign = (['left', 'center', 'right'] as const)[i];
    context.fillText(tick, left + (RAMP.width * i) / 2, MARGIN + RAMP.height + 4);
  });
}

function drawWheel(context: Context, rim: string, scale: number): void {
  const pixels = Math.round(WHEEL * scale);
  const wheel = new OffscreenCanvas(pixels, pixels);
  wheel.getContext('2d')!.putImageData(new ImageData(flowWheel(pixels), pixels, pixels), 0, 0);
  context.drawImage(wheel, MARGIN, (STRIP.wheel - WHEEL) / 2, WHEEL, WHEEL);
  context.textBaseline = 'middle';
  context.fillText(`Motion, rim ${rim}`, MARGIN + WHEEL + MARGIN, STRIP.wheel / 2);
}
