import { useEffect, useState } from 'react';
import type { ChosenConversion } from '../state/recipes.ts';

const INITIAL: ChosenConversion = {
  family: 'auto',
  size: null,
  hasSecondPass: true,
  fineSize: null,
  precision: 'fp32',
  heads: null,
  decoderHeads: null,
  normalise: null,
  branch: null,
  release: null,
  tokens: null,
  positionCode: null,
  keypoints: null,
};

/**
 * The form's choices. Half precision is proposed where the graphics card computes in it; elsewhere it would only be
 * converted back for every run.
 */
export function useConversion(): [ChosenConversion, (patch: Partial<ChosenConversion>) => void] {
  const [chosen, setChosen] = useState(INITIAL);
  const [hasChosen, setHasChosen] = useState(false);
  const hasHalf = useHalfPrecision();
  const precision = hasHalf && !hasChosen ? 'fp16' : chosen.precision;
  const change = (patch: Partial<ChosenConversion>) => {
    if (patch.precision) setHasChosen(true);
    setChosen((old) => ({ ...old, ...patch }));
  };
  return [{ ...chosen, precision }, change];
}

function useHalfPrecision(): boolean {
  const [hasHalf, setHasHalf] = useState(false);
  useEffect(() => {
    let isStale = false;
    void navigator.gpu?.requestAdapter().then(
      (adapter) => {
        if (!isStale) setHasHalf(adapter?.features.has('shader-f16') ?? false);
      },
      () => undefined,
    );
    return () => {
      isStale = true;
    };
  }, []);
  return hasHalf;
}
