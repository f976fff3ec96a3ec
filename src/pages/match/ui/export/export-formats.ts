import type { ExportFormat } from '../../contract/exports.ts';

/** What each format is for, in the order of the dialog. */
export const FORMAT_TEXTS: Record<ExportFormat, { label: string; ending: string; text: string }> = {
  share: {
    label: 'Share file',
    ending: '.liftmatch.zip',
    text: 'Both photos, warp, certainty, cycle error and verdict. Drop it on this page to see everything again; no model runs.',
  },
  figure: { label: 'Figure', ending: '.png', text: 'The picture as you see it now, for papers and slides.' },
  svg: {
    label: 'Vector figure',
    ending: '.svg',
    text: 'Lines and points as vectors over both photos (Matches view); the other views as a picture with a vector legend.',
  },
  animation: {
    label: 'Animation',
    ending: '.gif, .png, .webm',
    text: 'A turns into B and back: a morph, a flicker or a moving line.',
  },
  csv: {
    label: 'Matches, table',
    ending: '.csv',
    text: 'The correspondences of the Matches view in pixels, one a line.',
  },
  json: { label: 'Matches, JSON', ending: '.json', text: 'The same with names and sizes of the photos.' },
  npz: {
    label: 'Dense match, NumPy',
    ending: '.npz',
    text: 'Warp, certainty and cycle error in both directions, and the matches.',
  },
  flo: { label: 'Optical flow, Middlebury', ending: '.flo', text: 'Displacement of every pixel as 32-bit floats.' },
  kitti: {
    label: 'Optical flow, KITTI',
    ending: '.png',
    text: 'Displacement of every pixel as a 16-bit PNG, up to 512 px.',
  },
  colmap: {
    label: 'COLMAP, text',
    ending: '.zip',
    text: 'Features, match list, cameras and images as COLMAP’s text imports.',
  },
  database: {
    label: 'COLMAP, database',
    ending: '.db',
    text: 'Cameras, images, keypoints, matches and a verified two-view geometry, ready for COLMAP’s mapper.',
  },
};
