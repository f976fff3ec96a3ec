import { BackgroundControl } from '../controls/background-control.tsx';

export function WarpControls() {
  return <BackgroundControl />;
}
