import { colmapCamera } from '../../core/camera-model.ts';
import { type FirstPixel, pixelConvention } from '../../core/coordinates.ts';
import { oneLine } from '../matches/match-metadata.ts';
import type { SetContent } from './set-content.ts';

/** Tracks as CSV, one observation a line: track, photo (quoted where it must be), x, y and the track's certainty. */
export function encodeTracksCsv({ model, photos, tracks }: SetContent, firstPixel: FirstPixel = 0.5): string {
  const lines = [
    `# tracks: ${tracks.count} points of the scene in ${photos.length} photos`,
    `# model: ${oneLine(model)}`,
    `# coordinates: ${pixelConvention(firstPixel)}`,
    'track,photo,x,y,certainty',
  ];
  const shift = 0.5 - firstPixel;
  const names = photos.map(({ name }) => cell(oneLine(name)));
  for (let track = 0; track < tracks.count; track++) {
    const certainty = tracks.certainty[track].toFixed(4);
    for (let o = tracks.begins[track]; o < tracks.begins[track + 1]; o++) {
      const [x, y] = tracks.places.subarray(2 * o, 2 * o + 2);
      const place = `${(x - shift).toFixed(3)},${(y - shift).toFixed(3)}`;
      lines.push(`${track},${names[tracks.photos[o]]},${place},${certainty}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const cell = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The same as JSON: photos, and for each track its certainty and rows of photo (its number in the list), x, y. */
export function encodeTracksJson({ model, photos, tracks }: SetContent, firstPixel: FirstPixel = 0.5): string {
  const shift = 0.5 - firstPixel;
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  const rows = Array.from({ length: tracks.count }, (_, track) => {
    const seen: number[][] = [];
    for (let o = tracks.begins[track]; o < tracks.begins[track + 1]; o++) {
      const [x, y] = tracks.places.subarray(2 * o, 2 * o + 2);
      seen.push([tracks.photos[o], round(x - shift, 3), round(y - shift, 3)]);
    }
    return `    ${JSON.stringify({ certainty: round(tracks.certainty[track], 4), seen })}`;
  });
  const head = {
    model,
    coordinates: pixelConvention(firstPixel),
    seen: 'photo (number in the list of photos), x, y',
    photos: photos.map(({ name, size, focal, camera }) => ({
      ...{ name, ...size, focal },
      ...(camera && { camera: colmapCamera(camera) }),
    })),
    count: tracks.count,
  };
  // One track a line: readable, and diffs stay small.
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "tracks": [\n${rows.join(',\n')}\n  ]\n}\n`;
}
