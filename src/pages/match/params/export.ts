import type { Side } from '../../../core/geometry.ts';
import {
  ANIMATION_FORMATS,
  ANIMATION_KINDS,
  type AnimationFormat,
  type AnimationKind,
  DEFAULT_ANIMATION,
} from '../../../exports/animation-settings.ts';
import { type ExportOptions, FILE_MATCHES, type FlowSize } from '../../../exports/export-format.ts';
import {
  DEFAULT_FULL_SIZE,
  FULL_SIZE_ENCODINGS,
  FULL_SIZE_PICTURES,
  type FullSizeEncoding,
  type FullSizePicture,
} from '../../../exports/full-size-settings.ts';
import { type ExportName, EXPORTS } from '../../../exports/index.ts';
import {
  choice,
  defaultsOf,
  named,
  number,
  type ParamTable,
  type ParamValues,
  toggle,
} from '../../../platform/params/params.ts';

/** How a match is saved. Every format reads those that mean something for it. */
export const EXPORT_PARAMS = {
  format: choice<ExportName>({
    address: 'export.format',
    label: 'Format',
    default: 'share',
    options: EXPORTS.map(({ name, label }) => ({ value: name, label })),
    help: 'What the dialog begins with.',
  }),
  side: choice<Side>({
    address: 'export.direction',
    label: 'Direction',
    default: 'a',
    options: named(['a', 'b'], { a: 'A → B', b: 'B → A' }),
    help: 'Of optical flow.',
  }),
  flowSize: choice<FlowSize>({
    address: 'export.flow',
    label: 'Size',
    default: 'match',
    options: named(['match', 'photo'], { match: 'Match', photo: 'Photo' }),
    help: 'Of optical flow: as many places as the match has, or every pixel of the photo.',
  }),
  scale: number({
    address: 'export.scale',
    label: 'Scale, pixels per pixel of the page',
    default: 2,
    range: [1, 4],
    step: 1,
    digits: 0,
    help: 'Of a figure.',
  }),
  legend: toggle({ address: 'export.legend', label: 'Legend below the picture', default: true }),
  count: number({
    address: 'export.count',
    label: 'Matches in the file',
    default: FILE_MATCHES,
    range: [500, 10_000],
    step: 500,
    digits: 0,
    help: 'Programs that reconstruct want more of them than the view draws.',
  }),
  firstPixel: choice<'0.5' | '0'>({
    address: 'export.pixel',
    label: 'Centre of the first pixel',
    default: '0.5',
    options: named(['0.5', '0'], { '0.5': '(0.5, 0.5), COLMAP', '0': '(0, 0), OpenCV' }),
  }),
  picture: choice<FullSizePicture>({
    address: 'export.picture',
    label: 'Picture',
    default: DEFAULT_FULL_SIZE.picture,
    options: named(FULL_SIZE_PICTURES, {
      'b-on-a': 'B on A, by the match',
      'a-on-b': 'A on B, by the match',
      panorama: 'Panorama, by the homography',
      'panorama-match': 'Panorama, by match and homography',
    }),
    help: 'In full size.',
  }),
  encoding: choice<FullSizeEncoding>({
    address: 'export.encoding',
    label: 'File',
    default: DEFAULT_FULL_SIZE.encoding,
    options: named(FULL_SIZE_ENCODINGS, { png: 'PNG, see-through', jpeg: 'JPEG' }),
    help: 'In full size.',
  }),
  motion: choice<AnimationKind | 'shown'>({
    address: 'export.motion',
    label: 'Motion',
    default: 'shown',
    options: named(['shown', ...ANIMATION_KINDS], {
      shown: 'A flight in the view Fly, else a morph',
      morph: 'Morph',
      flicker: 'Flicker',
      swipe: 'Swipe',
      fly: 'Flight',
    }),
  }),
  animation: choice<AnimationFormat>({
    address: 'export.animation',
    label: 'File',
    default: DEFAULT_ANIMATION.format,
    options: named(ANIMATION_FORMATS, { gif: 'GIF', apng: 'APNG', webm: 'WebM' }),
    help: 'Of an animation.',
  }),
  longSide: number({
    address: 'export.longside',
    label: 'Longer side',
    default: DEFAULT_ANIMATION.longSide,
    range: [240, 1080],
    step: 120,
    digits: 0,
    unit: ' px',
    help: 'Of an animation.',
  }),
  fps: number({
    address: 'export.fps',
    label: 'Frames a second',
    default: DEFAULT_ANIMATION.fps,
    range: [2, 30],
    step: 1,
    digits: 0,
  }),
  seconds: number({
    address: 'export.seconds',
    label: 'There and back',
    default: DEFAULT_ANIMATION.seconds,
    range: [0.4, 10],
    step: 0.2,
    digits: 1,
    unit: ' s',
  }),
  loops: number({
    address: 'export.loops',
    label: 'Played',
    default: DEFAULT_ANIMATION.loops,
    range: [0, 10],
    step: 1,
    digits: 0,
    help: 'Times; 0: for ever.',
  }),
} satisfies ParamTable;

/** How a match is saved, as it is declared: one by one. */
export type ExportSettings = ParamValues<typeof EXPORT_PARAMS>;

export const DEFAULT_EXPORT_SETTINGS: ExportSettings = defaultsOf(EXPORT_PARAMS);

/** The motion that is meant where none was chosen. */
export const motionOf = ({ motion }: Pick<ExportSettings, 'motion'>, isFlight: boolean): AnimationKind =>
  motion !== 'shown' ? motion : isFlight ? 'fly' : 'morph';

/** The same as the formats read them. */
export function exportOptions(settings: ExportSettings, isFlight = false): ExportOptions {
  const { side, flowSize, scale, legend, count, firstPixel, picture, encoding } = settings;
  const { animation: format, longSide, fps, seconds, loops } = settings;
  return {
    side,
    flowSize,
    scale,
    legend,
    count,
    firstPixel: firstPixel === '0' ? 0 : 0.5,
    fullSize: { picture, encoding },
    animation: { format, kind: motionOf(settings, isFlight), longSide, fps, seconds, loops },
  };
}
