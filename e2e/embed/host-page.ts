import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Frame, type Page } from '@playwright/test';
import type { EmbedMessage } from '../../src/embed/messages.ts';
import type { HostLink } from '../../src/embed/host-link.ts';
import type { EmbedSession } from '../../src/embed/session.ts';

export type EmbedWindow = Window & { liftMatchEmbed: { session: EmbedSession; host: HostLink } };
export type HostWindow = Window & { messages: (EmbedMessage & { liftmatch: number; from: number })[] };

/** A site of its own, on another origin than the app: pages and files by path. */
export class HostSite {
  readonly files = new Map<string, { type: string; body: string | Buffer }>();
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async open(): Promise<HostSite> {
    const server = createServer((request, response) => {
      const file = site.files.get(new URL(request.url ?? '/', 'http://host').pathname);
      const headers = { 'content-type': file?.type ?? 'text/plain', 'access-control-allow-origin': '*' };
      response.writeHead(file ? 200 : 404, headers).end(file?.body ?? 'not found');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const site: HostSite = new HostSite(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return site;
  }

  /** Serves a page that shows these frames and keeps what they say in `messages`. Returns its address. */
  page(path: string, frames: string[]): string {
    const body = `<!doctype html><title>Host</title><body>
      <script>
        window.messages = [];
        addEventListener('message', ({ data, source }) => {
          const from = [...document.querySelectorAll('iframe')].findIndex((frame) => frame.contentWindow === source);
          messages.push({ ...data, from });
        });
      </script>
      ${frames.join('\n')}
    </body>`;
    this.files.set(path, { type: 'text/html', body });
    return this.origin + path;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export const iframe = (src: string, attributes = '') =>
  `<iframe src="${src.replaceAll('&', '&amp;')}" width="640" height="420" ${attributes}></iframe>`;

/** Sends a message to the page's nth frame. */
export async function tell(page: Page, message: unknown, nth = 0): Promise<void> {
  await page.evaluate(
    ({ data, index }) => document.querySelectorAll('iframe')[index].contentWindow!.postMessage(data, '*'),
    { data: message, index: nth },
  );
}

/** Waits for a message of a frame that has these fields. */
export async function told(page: Page, fields: Record<string, unknown>, from = 0): Promise<Record<string, unknown>> {
  const found = await page.waitForFunction(
    (wanted) => {
      const { messages } = window as unknown as { messages: Record<string, unknown>[] };
      return messages.find((message) => Object.entries(wanted).every(([name, value]) => message[name] === value));
    },
    { ...fields, from },
    { timeout: 90_000, polling: 50 },
  );
  return page.evaluate(
    (message) => {
      const { blob, ...rest } = message as Record<string, unknown>;
      return { ...rest, ...(blob instanceof Blob && { bytes: blob.size }) };
    },
    await found.evaluateHandle((message) => message),
  );
}

/** The embed's frame, once its code runs. */
export async function embedFrame(page: Page, nth = 0): Promise<Frame> {
  const handle = await page.locator('iframe').nth(nth).elementHandle();
  const frame = await handle!.contentFrame();
  expect(frame).not.toBeNull();
  await frame!.waitForFunction(() => 'liftMatchEmbed' in window);
  return frame!;
}
