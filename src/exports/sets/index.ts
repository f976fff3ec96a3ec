import type { SetFormat } from './set-format.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const database = {
  name: 'database',
  label: 'COLMAP, database',
  text: 'database.db: cameras, images, keypoints, matches and verified two-view geometries, for COLMAP’s mapper.',
  async write({ content, cameras, openDatabase }) {
    const { writeColmapSet } = await import('../../formats/sets/colmap-set.ts');
    return new Map([['database.db', writeColmapSet(await openDatabase(), content, cameras)]]);
  },
} as const satisfies SetFormat;

const colmap = {
  name: 'colmap',
  label: 'COLMAP, text',
  text: 'colmap/: the same as COLMAP’s feature_importer and matches_importer read it, and the cameras.',
  async write({ content, cameras }) {
    const { colmapSetText } = await import('../../formats/sets/colmap-set.ts');
    return new Map([...colmapSetText(content, cameras)].map(([name, text]) => [`colmap/${name}`, utf8(text)]));
  },
} as const satisfies SetFormat;

const hloc = {
  name: 'hloc',
  label: 'hloc, HDF5',
  text: 'features.h5 and matches.h5 as hloc keeps them; the first pixel’s centre is 0 there.',
  async write({ content, keypointTracks, openHdf5 }) {
    const { writeHloc } = await import('../../formats/sets/hloc.ts');
    const { features, matches } = writeHloc(content, keypointTracks, await openHdf5());
    return new Map([
      ['features.h5', features],
      ['matches.h5', matches],
    ]);
  },
} as const satisfies SetFormat;

const csv = {
  name: 'csv',
  label: 'Tracks, table',
  text: 'tracks.csv: every point of the scene with where each photo shows it, one place a line.',
  async write({ content, firstPixel }) {
    const { encodeTracksCsv } = await import('../../formats/sets/tracks-text.ts');
    return new Map([['tracks.csv', utf8(encodeTracksCsv(content, firstPixel))]]);
  },
} as const satisfies SetFormat;

const json = {
  name: 'json',
  label: 'Tracks, JSON',
  text: 'tracks.json: the same with names and sizes of the photos.',
  async write({ content, firstPixel }) {
    const { encodeTracksJson } = await import('../../formats/sets/tracks-text.ts');
    return new Map([['tracks.json', utf8(encodeTracksJson(content, firstPixel))]]);
  },
} as const satisfies SetFormat;

/** What a set can be saved as, in the order of the dialog. */
export const SET_EXPORTS = [database, colmap, hloc, csv, json] as const satisfies readonly SetFormat[];

export type SetExportName = (typeof SET_EXPORTS)[number]['name'];
