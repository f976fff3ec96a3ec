import type { PlainField, PlainMatchField } from '../../../compute/field/cpu.ts';
import type { Scope } from '../../../platform/gpu/scope.ts';
import { CodedError } from '../../../core/errors.ts';
import type { Side, Size } from '../../../core/geometry.ts';
import type { PhotoMask } from '../../../core/mask.ts';
import type { DenseField, MatchResult } from '../../../core/match.ts';
import { CpuBackend } from '../../../matching/backend/cpu-backend.ts';
import { type ShownMatch, swappedFacts, swapSides } from './stage/shown-match.ts';
import { swappedVerdict, USUAL_THRESHOLDS, verdictOf } from '../../../matching/verdict.ts';

/**
 * A match that was made elsewhere, from a share file, on the photos of these sizes: drawn and probed as any other, and
 * no model runs. Throws `share-malformed` where the arrays do not have the grid's size.
 * @param root the scope of the device that draws; null where there is none
 */
export function givenMatch(
  fields: Record<Side, DenseField>,
  result: MatchResult,
  photos: Record<Side, { size: Size; mask: PhotoMask | null }>,
  root: Scope | null,
): ShownMatch {
  const field = (side: Side): PlainField => ({ ...checked(fields[side]), photo: photos[side].size });
  const backend = new CpuBackend(null, root);
  const both = { a: field('a'), b: field('b') };
  backend.remask(both, { a: photos.a.mask, b: photos.b.mask });
  return shown(backend, both, result);
}

function shown(backend: CpuBackend, field: PlainMatchField, result: MatchResult): ShownMatch {
  return {
    result,
    gpuField: () => backend.onGpu(field),
    plainField: field,
    probe: (side, point) => backend.probe(field, side, point),
    readField: (side) => backend.readField(field, side),
    remasked: async (masks) => {
      backend.remask(field, masks);
      const statistics = await backend.statistics(field, USUAL_THRESHOLDS);
      const facts = { ...result.rescue, isMasked: backend.isMasked(field) };
      return shown(backend, field, { ...result, verdict: verdictOf(statistics, USUAL_THRESHOLDS, facts) });
    },
    swapped: () => shown(backend, backend.swapped(field), swappedResult(result)),
    dispose: () => backend.dispose(field),
  };
}

const swappedResult = (result: MatchResult): MatchResult => ({
  ...swappedFacts(result),
  gridSize: swapSides(result.gridSize),
  verdict: swappedVerdict(result.verdict),
});

function checked(field: DenseField): DenseField {
  const { grid, warp, certainty, cycle } = field;
  const points = grid.width * grid.height;
  if (warp.length !== 2 * points || certainty.length !== points || cycle.length !== points) {
    throw new CodedError(
      'share-malformed',
      'The arrays of the shared match do not fit its grid.',
      'Ask for the file again.',
    );
  }
  return field;
}
