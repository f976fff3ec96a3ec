import type { Size } from '../../shared/geometry.ts';

/**
 * Bilinear reader of planes on one grid, as grid_sample with align_corners = false and the border clamped.
 * `seek` finds the four places once, `read` takes them from as many planes as wanted, without allocating.
 */
export class BilinearReader {
  private topLeft = 0;
  private topRight = 0;
  private bottomLeft = 0;
  private bottomRight = 0;
  private right = 0;
  private down = 0;

  constructor(private readonly grid: Size) {}

  /** Moves to a normalised point. */
  seek(x: number, y: number): void {
    const { width, height } = this.grid;
    const column = Math.min(Math.max(0.5 * width * (x + 1) - 0.5, 0), width - 1);
    const row = Math.min(Math.max(0.5 * height * (y + 1) - 0.5, 0), height - 1);
    const left = Math.floor(column);
    const top = Math.floor(row);
    const stepRight = left + 1 < width ? 1 : 0;
    const stepDown = top + 1 < height ? width : 0;
    this.right = column - left;
    this.down = row - top;
    this.topLeft = top * width + left;
    this.topRight = this.topLeft + stepRight;
    this.bottomLeft = this.topLeft + stepDown;
    this.bottomRight = this.bottomLeft + stepRight;
  }

  /** Value there of the plane that begins at `offset`. */
  read(plane: Float32Array, offset = 0): number {
    const above = plane[offset + this.topLeft] * (1 - this.right) + plane[offset + this.topRight] * this.right;
    const below = plane[offset + this.bottomLeft] * (1 - this.right) + plane[offset + this.bottomRight] * this.right;
    return above * (1 - this.down) + below * this.down;
  }
}
