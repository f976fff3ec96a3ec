import type { NetworkPurpose } from '../../../models/library-contract.ts';
import type { PresentNetwork } from '../state/depth/networks.ts';
import { presentNetwork } from '../state/depth/networks.ts';
import { useWorkspaceState } from '../../../workspace/ui/workspace-context.ts';
import { useLiftState } from './lift-context.ts';

/** The network that would be used for a purpose; null where there is none. */
export function usePresentNetwork(purpose: NetworkPurpose): PresentNetwork | null {
  const networks = useLiftState((state) => state.networks);
  const library = useWorkspaceState((state) => state.library);
  return presentNetwork(purpose, { networks }, { library });
}
