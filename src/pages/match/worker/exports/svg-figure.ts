import { colorMapAt } from '../../../../core/colors/color-maps.ts';
import type { Rect } from '../../../../core/geometry.ts';
import type { Legend } from '../../../../core/colors/legend.ts';

/** A picture in the figure: shown in `rect`, and only inside of `clip`; CSS pixels of the stage. */
export interface FigureImage {
  /** A data: address. */
  href: string;
  rect: Rect;
  clip: Rect;
}

export interface SvgFigure {
  /** The part of the stage that the figure shows, CSS pixels. */
  crop: Rect;
  /** Width and height of the file say this many times the crop's. */
  scale: number;
  title: string;
  images: readonly FigureImage[];
  /** 0…1 of white over the pictures: lines are hard to see on colourful photos. */
  veil: number;
  /** Elements over the pictures, in CSS pixels of the stage. */
  shapes: readonly string[];
  legend: Legend | null;
  /** A data: address of the flow wheel, for the legend that has one. */
  wheel: string | null;
}

const STRIP = { ramp: 52, wheel: 84, text: 36 } as const;
const MARGIN = 12;
const RAMP = { width: 240, height: 10, stops: 16 };
const WHEEL = 64;
const WHEEL_TOP = (STRIP.wheel - WHEEL) / 2;
/** Widths of letters differ by the reader's font: room for the longest title. */
const TITLE_WIDTH = 150;
const INK = '#1d1d1b';

/** A figure as SVG: white ground, pictures inside the file, shapes over them, the legend in a strip below. */
export function svgFigure({ crop, scale, title, images, veil, shapes, legend, wheel }: SvgFigure): string {
  const { x, y, width } = crop;
  const height = crop.height + (legend ? STRIP[legend.kind] : 0);
  const size = `width="${width * scale}" height="${height * scale}" viewBox="${x} ${y} ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#fff"/>`,
    ...images.map((image) => imageElement(image, veil)),
    '<g id="matches">',
    ...shapes,
    '</g>',
    ...(legend ? [`<g id="legend" transform="translate(${x} ${y + crop.height})" fill="${INK}">`] : []),
    ...(legend ? legendElements(legend, wheel) : []),
    ...(legend ? ['</g>'] : []),
    '</svg>',
    '',
  ].join('\n');
}

/** An inner svg clips what reaches beyond it, everywhere alike. */
function imageElement({ href, rect, clip }: FigureImage, veil: number): string {
  const box = ({ x, y, width, height }: Rect) => `x="${x}" y="${y}" width="${width}" height="${height}"`;
  const image = `<image ${box(rect)} preserveAspectRatio="none" href="${escapeXml(href)}"/>`;
  const over = veil > 0 ? `<rect ${box(rect)} fill="#fff" fill-opacity="${veil}"/>` : '';
  const view = `viewBox="${clip.x} ${clip.y} ${clip.width} ${clip.height}"`;
  return `<svg ${box(clip)} ${view}>${image}${over}</svg>`;
}

function legendElements(legend: Legend, wheel: string | null): string[] {
  switch (legend.kind) {
    case 'text':
      return [`<text x="${MARGIN}" y="${MARGIN + 11}">${escapeXml(legend.text)}</text>`];
    case 'wheel':
      return [
        `<image x="${MARGIN}" y="${WHEEL_TOP}" width="${WHEEL}" height="${WHEEL}" href="${wheel ?? ''}"/>`,
        `<text x="${2 * MARGIN + WHEEL}" y="${STRIP.wheel / 2 + 4}">Motion, rim ${escapeXml(legend.rim)}</text>`,
      ];
    case 'ramp': {
      const stops = Array.from({ length: RAMP.stops + 1 }, (_, i) => {
        const color = colorMapAt(legend.map, i / RAMP.stops)
          .map(Math.round)
          .join(' ');
        return `<stop offset="${i / RAMP.stops}" stop-color="rgb(${color})"/>`;
      });
      const anchors = ['start', 'middle', 'end'];
      return [
        `<defs><linearGradient id="ramp">${stops.join('')}</linearGradient></defs>`,
        `<text x="${MARGIN}" y="${MARGIN + RAMP.height}">${escapeXml(legend.title)}</text>`,
        `<rect x="${TITLE_WIDTH}" y="${MARGIN}" width="${RAMP.width}" height="${RAMP.height}" fill="url(#ramp)"/>`,
        ...legend.ticks.map((tick, i) => {
          const at = `x="${TITLE_WIDTH + (RAMP.width * i) / 2}" y="${MARGIN + RAMP.height + 16}"`;
          return `<text ${at} text-anchor="${anchors[i]}">${escapeXml(tick)}</text>`;
        }),
      ];
    }
  }
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** A text for XML; control characters, which XML cannot hold, go. */
export const escapeXml = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"']/g, (char) => ESCAPES[char]);
