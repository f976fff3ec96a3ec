import { meshSize } from './morph-gpu.ts';
import { aboveThreshold, clamp, mipLevel, mix, mixRgb, onStage, readCertainty, readWarp, unitAt } from '../pane/cpu.ts';
import type { PaneScene, Rgb, Vec2 } from '../pane/cpu.ts';
import { sampleLevels } from '../../../../compute/mip-chain/cpu.ts';
import type { MipLevels } from '../../../../compute/mip-chain/cpu.ts';

const MAX_STRETCH = 4;
const BACKDROP_BLUR = 3;
const BACKDROP_DIM = 0.6;

/** Corners of a cell's two triangles, in drawing order. */
const TRIANGLES: Vec2[][] = [
  [
    [0, 0],
    [0, 1],
    [1, 0],
  ],
  [
    [1, 0],
    [0, 1],
    [1, 1],
  ],
];

/** A mesh's corner on the stage. */
interface Corner {
  stage: Vec2;
  here: Vec2;
  there: Vec2;
  visible: number;
}

/**
 * The picture `amount` of the way from A to B, as a function of the stage pixel's centre. Every triangle is tried for
 * every pixel, so keep the grids small. `a` and `b` are the scenes of the two meshes; their panes' `amount` and
 * `opacity` are set here.
 */
export function drawMorph(a: PaneScene, b: PaneScene, amount: number): (x: number, y: number) => Rgb {
  const layer = (scene: PaneScene, share: number, opacity: number): PaneScene => ({
    ...scene,
    pane: { ...scene.pane, amount: share, opacity },
  });
  const behind = layer(a, amount, 1);
  const layers = [layer(b, 1 - amount, 1), behind, layer(b, 1 - amount, amount)].map((scene) => ({
    scene,
    triangles: makeMesh(scene),
  }));
  return (x, y) => {
    let color = backdrop(behind, x, y);
    for (const { scene, triangles } of layers) {
      for (const triangle of triangles) color = overTriangle(scene, triangle, color, x, y);
    }
    return color;
  };
}

function backdrop(scene: PaneScene, x: number, y: number): Rgb {
  const { pane, here, there } = scene;
  const unit = unitAt(scene, x, y);
  const away = 4 * pane.amount * (1 - pane.amount);
  const read = (photo: MipLevels): Rgb => {
    const level = mipLevel(photo, [1 / pane.rect[2], 0], [0, 1 / pane.rect[3]]);
    return mixRgb(
      sampleLevels(photo, ...unit, level),
      readBlurred(photo, unit, level + BACKDROP_BLUR * away),
      Math.min(1, 4 * away),
    );
  };
  return onStage(scene, mixRgb(mixRgb(read(here), read(there), pane.amount), pane.ground, BACKDROP_DIM * away), unit);
}

function readBlurred(photo: MipLevels, [u, v]: Vec2, level: number): Rgb {
  const texel = 2 ** level;
  let sum: Rgb = [0, 0, 0];
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const weight = ((2 - Math.abs(dx)) * (2 - Math.abs(dy))) / 16;
      const read = sampleLevels(photo, u + (dx * texel) / photo[0].width, v + (dy * texel) / photo[0].height, level);
      sum = sum.map((c, i) => c + weight * read[i]) as Rgb;
    }
  }
  return sum;
}

/** The triangles that are drawn, in order. */
function makeMesh(scene: PaneScene): Corner[][] {
  const mesh = meshSize(scene.field.grid);
  const cell: Vec2 = [1 / mesh.width, 1 / mesh.height];
  const triangles: Corner[][] = [];
  for (let i = 0; i < mesh.width * mesh.height; i++) {
    const origin: Vec2 = [i % mesh.width, Math.floor(i / mesh.width)];
    for (const corners of TRIANGLES) {
      const triangle = corners.map(([dx, dy]) =>
        cornerAt(scene, [(origin[0] + dx) * cell[0], (origin[1] + dy) * cell[1]]),
      );
      if (!isTorn(triangle, cell)) triangles.push(triangle);
    }
  }
  return triangles;
}

function cornerAt(scene: PaneScene, here: Vec2): Corner {
  const { rect, amount } = scene.pane;
  const there = readWarp(scene.field, here).unit;
  return {
    here,
    there,
    stage: [rect[0] + mix(here[0], there[0], amount) * rect[2], rect[1] + mix(here[1], there[1], amount) * rect[3]],
    visible: aboveThreshold(scene, readCertainty(scene, here)),
  };
}

function isTorn([a, b, c]: Corner[], cell: Vec2): boolean {
  const edge = (from: Corner, to: Corner): Vec2 => [
    (to.there[0] - from.there[0]) / cell[0],
    (to.there[1] - from.there[1]) / cell[1],
  ];
  const ab = edge(a, b);
  const ac = edge(a, c);
  const longest = Math.max(...[ab, ac, edge(b, c)].map(([dx, dy]) => Math.hypot(dx, dy)));
  return longest > MAX_STRETCH || ab[0] * ac[1] - ab[1] * ac[0] > 0;
}

function overTriangle({ pane, here, there }: PaneScene, [a, b, c]: Corner[], under: Rgb, x: number, y: number): Rgb {
  const ab: Vec2 = [b.stage[0] - a.stage[0], b.stage[1] - a.stage[1]];
  const ac: Vec2 = [c.stage[0] - a.stage[0], c.stage[1] - a.stage[1]];
  const area = ab[0] * ac[1] - ab[1] * ac[0];
  if (area === 0) return under;
  // Barycentric weights of b and c, and what they gain by one pixel right and down.
  const wb = ((x - a.stage[0]) * ac[1] - (y - a.stage[1]) * ac[0]) / area;
  const wc = ((y - a.stage[1]) * ab[0] - (x - a.stage[0]) * ab[1]) / area;
  if (wb < 0 || wc < 0 || wb + wc > 1) return under;
  const blend = (pa: number, pb: number, pc: number) => pa + wb * (pb - pa) + wc * (pc - pa);
  const point = (of: (corner: Corner) => Vec2) => {
    const [pa, pb, pc] = [of(a), of(b), of(c)];
    const along = (gainB: number, gainC: number): Vec2 => [
      gainB * (pb[0] - pa[0]) + gainC * (pc[0] - pa[0]),
      gainB * (pb[1] - pa[1]) + gainC * (pc[1] - pa[1]),
    ];
    return {
      unit: [blend(pa[0], pb[0], pc[0]), blend(pa[1], pb[1], pc[1])] as Vec2,
      right: along(ac[1] / area, -ab[1] / area),
      down: along(-ac[0] / area, ab[0] / area),
    };
  };
  const onHere = point((corner) => corner.here);
  const onThere = point((corner) => corner.there);
  const read = (photo: MipLevels, { unit, right, down }: typeof onHere) =>
    sampleLevels(photo, ...unit, mipLevel(photo, right, down));
  const alpha = blend(a.visible, b.visible, c.visible) * edgeCover(onHere) * edgeCover(onThere) * pane.opacity;
  return mixRgb(under, mixRgb(read(here, onHere), read(there, onThere), pane.amount), alpha);
}

function edgeCover({ unit, right, down }: { unit: Vec2; right: Vec2; down: Vec2 }): number {
  const inside = (axis: 0 | 1) => {
    const pixel = Math.max(Math.abs(right[axis]) + Math.abs(down[axis]), 1e-9);
    return clamp(Math.min(unit[axis], 1 - unit[axis]) / pixel + 0.5);
  };
  return inside(0) * inside(1);
}
