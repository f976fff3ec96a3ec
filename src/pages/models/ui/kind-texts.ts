import type { InstalledModel, NetworkPurpose } from '../../../models/library-contract.ts';

/** What each kind of network is called and good for. */
export const KIND_TEXTS: Record<InstalledModel['kind'], { name: string; installed: string }> = {
  matcher: { name: 'Matcher', installed: 'Matches photos.' },
  encoder: {
    name: 'Encoder',

    installed: 'Gives features of one photo; it does not match by itself.',
  },
  depth: { name: 'Depth', installed: 'Gives the depth of one photo; it does not match.' },
  splats: {
    name: 'Scene of two photos',

    installed: 'Makes a scene of two matched photos; it does not match by itself.',
  },
};

/** The same of the networks that the lift studio keeps. */
export const PURPOSE_TEXTS: Record<NetworkPurpose, { name: string; installed: string }> = {
  sky: { name: 'Sky', installed: 'Finds the sky on the Lift page.' },
  inpainting: { name: 'Inpainting', installed: 'Fills holes on the Lift page.' },
};
