import type { Size } from '../../core/geometry.ts';

/**
 * Bilinear reader of planes on one grid with align_corners = false. `seek` finds the four places once, `read` and
 * `readContinued` take them from as many planes as wanted, without allocating.
 */
export class BilinearReader {
  private topLeft = 0;
  private topRight = 0;
  private bottomLeft = 0;
  private bottomRight = 0;
  private right = 0;
  private down = 0;
  private continuedRight = 0;
  private continuedDown = 0;

  constructor(private readonly grid: Size) {}

  /** Moves to a normalised point. */
  seek(x: number, y: number): void {
    const { width, height } = this.grid;
    const column = 0.5 * width * (x + 1) - 0.5;
    const row = 0.5 * height * (y + 1) - 0.5;
    const left = Math.floor(clamp(column, 0, Math.max(width - 2, 0)));
    const top = Math.floor(clamp(row, 0, Math.max(height - 2, 0)));
    const stepRight = width > 1 ? 1 : 0;
    const stepDown = height > 1 ? width : 0;
    this.continuedRight = clamp(column - left, -0.5, 1.5);
    this.continuedDown = clamp(row - top, -0.5, 1.5);
    this.right = clamp(column - left, 0, 1);
    this.down = clamp(row - top, 0, 1);
    this.topLeft = top * width + left;
    this.topRight = this.topLeft + stepRight;
    this.bottomLeft = this.topLeft + stepDown;
    this.bottomRight = this.bottomLeft + stepRight;
  }

  /** Value there of the plane that begins at `offset`, the border clamped: for certainties, errors and colours. */
  read(plane: Float32Array, offset = 0): number {
    return this.mixed(plane, offset, this.right, this.down);
  }

  /**
   * The same, continued linearly over the half cell between the outermost centres and the photo's edge: for warps.
   * They are absolute places, so that clamping would move what lies at the edge by half a cell.
   */
  readContinued(plane: Float32Array, offset = 0): number {
    return this.mixed(plane, offset, this.continuedRight, this.continuedDown);
  }

  private mixed(plane: Float32Array, offset: number, right: number, down: number): number {
    const above = plane[offset + this.topLeft] * (1 - right) + plane[offset + this.topRight] * right;
    const below = plane[offset + this.bottomLeft] * (1 - right) + plane[offset + this.bottomRight] * right;
    return above * (1 - down) + below * down;
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
