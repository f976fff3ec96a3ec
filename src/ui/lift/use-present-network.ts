import type { NetworkPurpose } from '../../shared/model-library.ts';
import type { PresentNetwork } from '../../state/lift/networks.ts';
import { presentNetwork } from '../../state/lift/networks.ts';
import { useWorkspaceState } from '../workspace-context.ts';
import { useLiftState } from './lift-context.ts';

/** The network that would be used for a purpose; null where there is none. */
export function usePresentNetwork(purpose: NetworkPurpose): PresentNetwork | null {
  const networks = useLiftState((state) => state.networks);
  const library = useWorkspaceState((state) => state.library);
  return presentNetwork(purpose, { networks }, { library });
}
