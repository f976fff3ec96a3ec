import type { CameraPair } from '../../../geometry/pinhole.ts';
import { photoToView, surfaceInPhoto, surfaceInView, viewToPhoto } from './lift-scenes.ts';
import type { Scene } from './lift-scenes.ts';

/** How a computed warp compares to ray tracing. */
export interface TruthReport {
  /** Places that both call visible. */
  compared: number;
  /** Largest distance between the places, pixels. */
  worst: number;
  /** Places whose visibility is wrong. */
  wrong: number;
  /** Share of all places that are visible. */
  share: number;
}

const AROUND = Array.from({ length: 12 }, (_, k) => [Math.cos((k * Math.PI) / 6), Math.sin((k * Math.PI) / 6)]);

/**
 * Compares a warp [2, h, w] and its visibility with the ray-traced scene. Nothing is asked of places within `margin`
 * pixels of a border of the true visibility, or of an outline of one surface before another, in either picture: the
 * mesh knows the scene by the photo's pixels and ends at their centres.
 */
export function compareWithTruth(
  scene: Scene,
  cameras: CameraPair,
  direction: 'photo-to-view' | 'view-to-photo',
  { warp, visible }: { warp: Float32Array; visible: ArrayLike<number> },
  margin = 1,
): TruthReport {
  const forward = direction === 'photo-to-view';
  const [own, other] = forward ? [cameras.a, cameras.b] : [cameras.b, cameras.a];
  const [find, findBack] = forward ? [photoToView, viewToPhoto] : [viewToPhoto, photoToView];
  const [surface, surfaceThere] = forward ? [surfaceInPhoto, surfaceInView] : [surfaceInView, surfaceInPhoto];
  const changesAround = <T>(at: (x: number, y: number) => T, x: number, y: number) =>
    AROUND.some(([dx, dy]) => at(x + margin * dx, y + margin * dy) !== at(x, y));
  const isVisible = (x: number, y: number) => find(scene, cameras, x, y) !== null;
  const isVisibleThere = (x: number, y: number) => findBack(scene, cameras, x, y) !== null;
  const points = own.width * own.height;
  const report: TruthReport = { compared: 0, worst: 0, wrong: 0, share: 0 };
  for (let i = 0; i < points; i++) {
    const x = (i % own.width) + 0.5;
    const y = Math.floor(i / own.width) + 0.5;
    const truth = find(scene, cameras, x, y);
    const foundX = (other.width / 2) * (warp[i] + 1);
    const foundY = (other.height / 2) * (warp[points + i] + 1);
    if (visible[i]) report.share += 1 / points;
    const there = truth ?? (visible[i] ? { x: foundX, y: foundY } : null);
    if (changesAround(isVisible, x, y) || changesAround((u, v) => surface(scene, cameras, u, v), x, y)) continue;
    if (there && changesAround(isVisibleThere, there.x, there.y)) continue;
    if (there && changesAround((u, v) => surfaceThere(scene, cameras, u, v), there.x, there.y)) continue;
    if ((truth !== null) !== Boolean(visible[i])) report.wrong++;
    if (!truth || !visible[i]) continue;
    report.compared++;
    report.worst = Math.max(report.worst, Math.hypot(foundX - truth.x, foundY - truth.y));
  }
  return report;
}
