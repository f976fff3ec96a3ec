import type { NamedShape, PyramidStages, RefinerStrides } from '../../src/networks/published-shapes.ts';
import { matcherShapes, vitShapes } from '../../src/networks/published-shapes.ts';

const PYRAMID: PyramidStages = [
  [2, 8],
  [2, 16],
  [4, 32],
  [4, 64],
];

const STRIDES: RefinerStrides = [
  [16, 48, 32, 16, 7],
  [8, 64, 32, 8, 3],
  [4, 32, 24, 8, 2],
  [2, 16, 12, 4, null],
  [1, 8, 6, 4, null],
];

/** A matcher of the L2M++ family in 3 MB and the ViT that it needs (3 heads of 16 channels) in half of one, for tests. */
export const SMALL_SHAPES: { matcher: NamedShape[]; vit: NamedShape[] } = {
  matcher: matcherShapes({ classSide: 16, gpDim: 32, blocks: 2, hiddenBlocks: 2, pyramid: PYRAMID, strides: STRIDES }),
  vit: vitShapes({ embedDim: 48, depth: 3, positions: 26 }),
};
