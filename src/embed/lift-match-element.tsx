import { createRoot, type Root } from 'react-dom/client';
import type { ExportName } from '../exports/index.ts';
import type { ExportedFile } from '../core/exported-file.ts';
import { LINK_KEYS } from '../pages/match/params.ts';
import { openEmbedWorkspace } from '../pages/match/state/sharing/embed-workspace.ts';
import type { ExportChoice } from '../pages/match/state/sharing/exporting.ts';
import styles from './styles.css?inline';
import { EmbedView } from './embed-view.tsx';
import type { EmbedMessage, Resource } from './messages.ts';
import { parseEmbedOptions } from './options.ts';
import { EmbedSession } from './session.ts';

/** Attributes that open something else when they change; all others are changed in place. */
const SOURCES = ['a', 'b', 'share'];
const OPTIONS = ['theme', 'controls', ...LINK_KEYS];
const HOST_STYLE =
  ':host { display: block; height: 480px; contain: layout; } ' +
  ':host([hidden]) { display: none; } .embed-root { height: 100%; }';

/** Not a style element, which a page's Content-Security-Policy may forbid. */
function styleSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  // The sheets speak of the page's root; here that is the element.
  sheet.replaceSync(`${styles.replaceAll(':root', ':host')}\n${HOST_STYLE}`);
  return sheet;
}

/** What scripts of the page can do with the element. */
export interface LiftMatch extends HTMLElement {
  /** Opens photos or a share file: addresses, or Blobs. */
  load(resources: { a?: Resource; b?: Resource; share?: Resource }): Promise<void>;
  /** Starts the engine if need be, and matches. */
  run(): Promise<void>;
  /** The present match as a file. Rejects with an Error that has `code` and `remedy`. */
  export(format: ExportName, options?: Partial<ExportChoice>): Promise<ExportedFile>;
}

/**
 * Makes the class of `<lift-match a="left.jpg" b="right.jpg" view="matches">`: the chromeless view as an element of the
 * page, in a shadow root of its own. Attributes are embed.html's parameters; addresses are relative to the page. With
 * `height="auto"` the element is as high as its photos need. Fires `liftmatch-progress`, `liftmatch-size`,
 * `liftmatch-result` and `liftmatch-error` with the embed's messages as `detail`.
 * @param appBase absolute address of the app's folder, where models and worker lie
 */
export function liftMatchElement(appBase: string): new () => LiftMatch {
  return class LiftMatchElement extends HTMLElement implements LiftMatch {
    static readonly observedAttributes = [...SOURCES, ...OPTIONS];
    private mounted: { session: EmbedSession; root: Root; dispose: () => void } | null = null;

    connectedCallback(): void {
      if (this.mounted) return;
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [styleSheet()];
      const container = document.createElement('div');
      container.className = 'embed-root';
      shadow.replaceChildren(container);
      const options = parseEmbedOptions(this.query(), 'null');
      const { workspace, dispose } = openEmbedWorkspace(window, appBase);
      const session = new EmbedSession(workspace, options, document.baseURI, (message) => this.announce(message));
      const root = createRoot(container);
      root.render(<EmbedView session={session} autorun={options.autorun} />);
      this.mounted = { session, root, dispose };
    }

    disconnectedCallback(): void {
      // Moving the element within the page takes it out and puts it back at once.
      queueMicrotask(() => {
        if (this.isConnected || !this.mounted) return;
        const { session, root, dispose } = this.mounted;
        this.mounted = null;
        session.dispose();
        root.unmount();
        dispose();
      });
    }

    attributeChangedCallback(name: string, before: string | null, now: string | null): void {
      if (!this.mounted || before === now || now === null) return;
      if (SOURCES.includes(name)) void this.mounted.session.load({ [name]: now }).catch((thrown) => this.fail(thrown));
      else this.mounted.session.set({ [name]: now });
    }

    load(resources: { a?: Resource; b?: Resource; share?: Resource }): Promise<void> {
      return this.session.load(resources);
    }

    run(): Promise<void> {
      return this.session.run();
    }

    export(format: ExportName, options: Partial<ExportChoice> = {}): Promise<ExportedFile> {
      const { exporting } = this.session.workspace;
      return exporting.make({ ...exporting.choice(), ...options, format });
    }

    private get session(): EmbedSession {
      if (!this.mounted) throw new Error('<lift-match> is not in a document.');
      return this.mounted.session;
    }

    private query(): string {
      const query = new URLSearchParams();
      for (const { name, value } of this.attributes) query.set(name, name === 'autorun' && value === '' ? '1' : value);
      return `?${query}`;
    }

    private announce(message: EmbedMessage): void {
      if (message.type === 'size' && this.getAttribute('height') === 'auto') this.style.height = `${message.height}px`;
      this.dispatchEvent(
        new CustomEvent(`liftmatch-${message.type}`, { detail: message, bubbles: true, composed: true }),
      );
    }

    private fail(thrown: unknown): void {
      this.session.workspace.notices.report(thrown);
    }
  };
}
