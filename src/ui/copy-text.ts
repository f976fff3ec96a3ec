import type { Notices } from '../platform/page/notices.ts';

/** Puts text on the clipboard and tells the person so, or why not. */
export async function copyText(text: string, told: string, notices: Notices): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notices.add('info', { code: 'copied', message: told, remedy: '' });
  } catch {
    notices.add('error', {
      code: 'clipboard',
      message: 'The browser did not let the page write to the clipboard.',
      remedy: 'Allow it in the address bar and try again.',
    });
  }
}
