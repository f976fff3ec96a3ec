import { CodedError, isCancelled } from '../../core/errors.ts';

/** A photo's bytes may be this large; more is not a photo that a browser can open. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The absolute form of a photo's address; only http(s) is fetched, so that a link can make nothing else happen. */
export function resolvePhotoUrl(address: string, base: string): URL {
  let url: URL | null = null;
  try {
    url = new URL(address.trim(), base);
  } catch {
    // Refused below.
  }
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CodedError(
      'photo-address',
      `“${shorten(address)}” is not the address of a photo on the web.`,
      'Give an address that starts with https://, or drop the photo itself.',
    );
  }
  return url;
}

/** Name of the file at an address, for the person. */
export function nameOfAddress(url: URL): string {
  const last = url.pathname.split('/').filter(Boolean).at(-1);
  if (!last) return url.host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Downloads a photo. Failures name the host and say what to do; an aborted download rejects as cancelled. */
export async function fetchPhoto(url: URL, signal: AbortSignal, fetcher: typeof fetch = fetch): Promise<Blob> {
  const name = nameOfAddress(url);
  let response: Response;
  try {
    response = await fetcher(url, { signal, mode: 'cors', referrerPolicy: 'no-referrer' });
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown;
    throw new CodedError(
      'photo-unreachable',
      `“${name}” could not be read from ${url.host}: the host cannot be reached or does not let other pages read its files (CORS).`,
      'Save the photo and drop the file here, or use a host that sends Access-Control-Allow-Origin.',
      { cause: thrown },
    );
  }
  if (!response.ok) {
    throw new CodedError(
      'photo-http',
      `${url.host} answered ${response.status}${response.statusText ? ` (${response.statusText})` : ''} for “${name}”.`,
      'Check the address, or save the photo and drop the file here.',
    );
  }
  if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) {
    void response.body?.cancel();
    throw new CodedError('photo-too-large', `“${name}” is larger than 256 MB.`, 'Use a smaller version of the photo.');
  }
  try {
    return await response.blob();
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown;
    throw new CodedError('photo-download', `The download of “${name}” from ${url.host} broke off.`, 'Try again.', {
      cause: thrown,
    });
  }
}

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
