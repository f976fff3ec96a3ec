import type { Ray } from '../../src/gaussians/truth/solid.ts';
import type { Vec } from './vector.ts';
import { cross, dot, normalize, sub } from './vector.ts';

/** Where a picture is taken from. */
export interface CameraPose {
  from: Vec;
  to: Vec;
  /** Horizontal field of view, degrees. */
  fov: number;
  /** Turn about the line of sight, degrees, clockwise in the picture. */
  roll?: number;
}

/** A pinhole camera: x right, y down, looking along +z, square pixels, principal point at the picture's centre. */
export class Camera {
  readonly position: Vec;
  private readonly right: Vec;
  private readonly down: Vec;
  private readonly forward: Vec;
  private readonly focal: number;

  constructor(
    pose: CameraPose,
    readonly width: number,
    readonly height: number,
  ) {
    this.position = pose.from;
    this.forward = normalize(sub(pose.to, pose.from));
    const up: Vec = Math.abs(this.forward[1]) > 0.999 ? [0, 0, -1] : [0, 1, 0];
    const level = normalize(cross(this.forward, up));
    const plumb = cross(this.forward, level);
    const angle = ((pose.roll ?? 0) * Math.PI) / 180;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    this.right = [c * level[0] - s * plumb[0], c * level[1] - s * plumb[1], c * level[2] - s * plumb[2]];
    this.down = cross(this.forward, this.right);
    this.focal = width / 2 / Math.tan((pose.fov * Math.PI) / 360);
  }

  /** The ray through a pixel position (first pixel's centre is 0.5); t is the depth along the line of sight. */
  ray(x: number, y: number): Ray {
    const u = (x - this.width / 2) / this.focal;
    const v = (y - this.height / 2) / this.focal;
    const { right, down, forward, position } = this;
    return {
      ox: position[0],
      oy: position[1],
      oz: position[2],
      dx: forward[0] + u * right[0] + v * down[0],
      dy: forward[1] + u * right[1] + v * down[1],
      dz: forward[2] + u * right[2] + v * down[2],
    };
  }

  /** Pixel position of a world point; null behind the camera. */
  project(point: Vec): { x: number; y: number; depth: number } | null {
    const offset = sub(point, this.position);
    const depth = dot(offset, this.forward);
    if (depth <= 1e-6) return null;
    return {
      x: this.width / 2 + (this.focal * dot(offset, this.right)) / depth,
      y: this.height / 2 + (this.focal * dot(offset, this.down)) / depth,
      depth,
    };
  }

  /** Intrinsics, row-major 3 × 3, pixels. */
  intrinsics(): number[] {
    return [this.focal, 0, this.width / 2, 0, this.focal, this.height / 2, 0, 0, 1];
  }

  /** Right, down and forward in the world. */
  axes(): readonly [Vec, Vec, Vec] {
    return [this.right, this.down, this.forward];
  }

  /** [R|t], row-major 3 × 4, that takes points of this camera's frame to the other's. */
  poseTo(other: Camera): number[] {
    const from = [this.right, this.down, this.forward];
    const offset = sub(this.position, other.position);
    return [other.right, other.down, other.forward].flatMap((axis) => [
      ...from.map((own) => dot(axis, own)),
      dot(axis, offset),
    ]);
  }
}
