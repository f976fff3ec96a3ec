import { Segmented } from '../../../../ui/segmented.tsx';
import { useView } from './use-view.ts';

const BACKGROUNDS = [
  { value: 'white', label: 'White' },
  { value: 'black', label: 'Black' },
] as const;

/** What shows where nothing is matched. */
export function BackgroundControl() {
  const [view, update] = useView();
  return (
    <Segmented
      label="Unmatched places"
      value={view.background}
      options={BACKGROUNDS}
      onChange={(background) => update({ background })}
    />
  );
}
