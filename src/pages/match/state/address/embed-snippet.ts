import type { Side, Size } from '../../../../core/geometry.ts';
import { fittingHeight } from '../../contract/layout.ts';
import type { PhotoSlot } from '../../../../workspace/types.ts';
import type { MatchState } from '../types.ts';
import { formatAddress } from './url.ts';

/** How the match is put into another page. */
export interface EmbedChoice {
  kind: 'iframe' | 'element';
  /** Address of a share file; empty: the photos' own addresses. */
  share: string;
  controls: boolean;
  autorun: boolean;
  /** The most that it takes, CSS pixels; it shrinks with narrower pages. */
  width: number;
}

export const DEFAULT_EMBED: EmbedChoice = {
  kind: 'iframe',
  share: '',
  controls: true,
  autorun: false,
  width: 960,
};

/** Whether the photos can be embedded by their addresses; opened from files they have none. */
export const haveAddresses = ({ photos }: Pick<MatchState, 'photos'>): boolean =>
  [photos.a, photos.b].every(({ photo }) => photo?.source.kind === 'address');

/**
 * HTML that shows the present match in another page: a frame, or an element of that page.
 * @param base absolute address of the app's folder
 */
export function embedSnippet(state: MatchState, base: string, choice: EmbedChoice): string {
  const parameters = new URLSearchParams(embedQuery(state, choice));
  if (choice.kind === 'iframe') {
    const attributes = {
      src: `${base}embed.html?${parameters}`,
      loading: 'lazy',
      sandbox: 'allow-scripts',
      title: 'Dense match of two photos',
      // The photos decide the shape, so the frame fits every width without a script.
      style: `border: 0; width: 100%; max-width: ${choice.width}px; aspect-ratio: ${choice.width} / ${fittingFrame(state, choice)}`,
    };
    return `<iframe ${attributesText(attributes)}></iframe>`;
  }
  const style = `width: ${choice.width}px; max-width: 100%`;
  const attributes = attributesText({ ...Object.fromEntries(parameters), height: 'auto', style });
  return `<script type="module" src="${escapeHtml(base)}lift-match.js"></script>\n<lift-match ${attributes}></lift-match>`;
}

/** Space that tabs, verdict and legend take, and the rim without them, CSS pixels. */
const CHROME = { with: 150, without: 14 };

function fittingFrame({ photos, view }: MatchState, { width, controls }: EmbedChoice): number {
  const sizes: Partial<Record<Side, Size>> = {};
  for (const side of ['a', 'b'] as const) {
    const { photo } = photos[side];
    if (photo?.info) sizes[side] = photo.info.size;
  }
  return fittingHeight(view.view, width, sizes) + (controls ? CHROME.with : CHROME.without);
}

function embedQuery(
  { photos, view, settings, geometry, pins }: MatchState,
  { share, controls, autorun }: EmbedChoice,
): [string, string][] {
  // Absolute, since the page that shows them is another one.
  const url = ({ photo }: PhotoSlot) => (photo?.source.kind === 'address' && !share ? photo.source.url : null);
  const addresses = { a: url(photos.a), b: url(photos.b) };
  const query = formatAddress({ view, settings, geometry, pins, sample: null, photos: addresses });
  const own: [string, string][] = [];
  if (share) own.push(['share', share]);
  if (!controls) own.push(['controls', '0']);
  if (autorun) own.push(['autorun', '1']);
  return [...own, ...new URLSearchParams(query)];
}

const attributesText = (attributes: Record<string, string>) =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}="${escapeHtml(value)}"`)
    .join(' ');

const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!);
