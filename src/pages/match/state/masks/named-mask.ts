import type { PhotoMask } from '../../../../core/mask.ts';

/** What counts of a photo, and what the person calls it. */
export interface NamedMask {
  mask: PhotoMask;
  name: string;
}

/** Where the tab's storage says that masks are kept in it; their own keys begin so. */
export const ANY_KEPT = 'liftmatch-mask';
