import type { ComponentType, ReactNode } from 'react';

/** What the shell gives a page. */
export interface PageProps {
  /** False while another page is shown, for pages that stay. */
  isShown: boolean;
  /** What the app itself has among a page's settings. */
  appSettings: ReactNode;
}

/**
 * A page of the app: its folder's way in. One line in `app/pages.ts` puts it there: the tabs, the keys, the address and
 * the shell follow.
 */
export interface Page {
  /** In the address: `?page=NAME`, and before the page's own parameters. Never changes. */
  readonly name: string;
  /** On its tab. */
  readonly title: string;
  /** Pressed with Alt, it shows the page; of the physical keyboard, so that Alt's own characters do not matter. */
  readonly key: `Key${string}`;
  /** Main part and settings of the page. Its code comes when it is first shown, but for the page that opens first. */
  readonly View: ComponentType<PageProps>;
  /** Its worker draws on its canvases: once shown it is hidden, not taken away. */
  readonly stays: boolean;
  /** Its worker needs the machine: no match of the workspace's photos begins while it is shown. */
  readonly pausesMatching: boolean;
}
