import { BackgroundControl } from './background-control.tsx';

export function WarpControls() {
  return <BackgroundControl />;
}
