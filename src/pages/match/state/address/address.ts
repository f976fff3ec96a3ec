import type { Photo } from '../../../../workspace/types.ts';
import type { MatchState } from '../types.ts';
import type { AddressState } from './url.ts';
import { formatAddress } from './url.ts';
import type { MatchStore } from '../store.ts';

/** Browsers allow about 100 changes of the address in 30 seconds; sliders make more. */
const WRITE_DELAY = 300;

/** What a link to the present state says. Photos from files have no address and are left out. */
export function addressOf(state: MatchState, base: string): AddressState {
  const url = (photo: Photo | null) => (photo?.source.kind === 'address' ? photo.source.url : null);
  const [a, b] = [url(state.photos.a.photo), url(state.photos.b.photo)];
  const sample = state.samples.find((one) => one.a === a && one.b === b);
  return {
    page: state.page,
    pageOptions: state.pageOptions,
    view: state.view,
    settings: state.settings,
    geometry: { isOpen: state.geometry.isOpen, settings: state.geometry.settings },
    exports: state.exports,
    // The first sample is what opens by default.
    sample: sample && sample !== state.samples[0] ? sample.id : null,
    photos: sample ? { a: null, b: null } : { a: a && relative(a, base), b: b && relative(b, base) },
    pins: state.pins,
  };
}

/** Keeps the page's address in step with the state. Returns how to stop it. */
export function bindAddress(store: MatchStore, win: Window, base: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const query = formatAddress(addressOf(store.getState(), base));
    const wanted = `${win.location.pathname}${query && `?${query}`}${win.location.hash}`;
    if (wanted !== win.location.pathname + win.location.search + win.location.hash) {
      win.history.replaceState(win.history.state, '', wanted);
    }
  };
  const unsubscribe = store.subscribe((now, before) => {
    const keys = [
      'page',
      'pageOptions',
      'view',
      'settings',
      'geometry',
      'exports',
      'photos',
      'samples',
      'pins',
    ] as const;
    // A photo on its way has no place in the state yet: writing now would drop it from the link.
    const isOpening = now.photos.a.opening !== null || now.photos.b.opening !== null;
    if (isOpening || keys.every((key) => now[key] === before[key])) return;
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_DELAY);
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}

/** Addresses on the site itself stay valid when the site moves. */
const relative = (url: string, base: string) => (url.startsWith(base) ? url.slice(base.length) : url);
