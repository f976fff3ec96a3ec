import type { Pinhole } from '../../../../geometry/pinhole.ts';

/** A neighbour whose depth differs by more than this share lies on another surface. */
export const NORMAL_JUMP = 0.05;

/**
 * Surface normals [3, h, w] (x, y, z planes) of a depth map [h, w] in the camera's frame (x right, y down, z forward),
 * of length 1 and facing the camera. The tangents are central differences of the back-projected points; where one
 * neighbour is missing (the border, a hole) or lies on another surface ({@link NORMAL_JUMP}), the one-sided difference
 * to the other. With no neighbour at all along an axis the surface is taken to face the camera. Places without depth
 * (0) have the normal 0.
 * @param camera that sees the depth; its size is the map's
 */
export function normalsOf(depth: Float32Array, { width, height, fx, fy, cx, cy }: Pinhole): Float32Array {
  const points = width * height;
  const normals = new Float32Array(3 * points);
  for (let y = 0, i = 0; y < height; y++) {
    const v = (y + 0.5 - cy) / fy;
    for (let x = 0; x < width; x++, i++) {
      const z = depth[i];
      if (!(z > 0)) continue;
      const u = (x + 0.5 - cx) / fx;
      const limit = NORMAL_JUMP * z;
      const left = x > 0 && isSameSurface(depth[i - 1], z, limit);
      const right = x + 1 < width && isSameSurface(depth[i + 1], z, limit);
      const up = y > 0 && isSameSurface(depth[i - width], z, limit);
      const down = y + 1 < height && isSameSurface(depth[i + width], z, limit);
      // Slopes of the depth per pixel; without a neighbour the one of a sphere around the camera, which faces it.
      const along = (left ? 1 : 0) + (right ? 1 : 0);
      const across = (up ? 1 : 0) + (down ? 1 : 0);
      const reach = 1 + u * u + v * v;
      const alongX = (right ? depth[i + 1] : z) - (left ? depth[i - 1] : z);
      const alongY = (down ? depth[i + width] : z) - (up ? depth[i - width] : z);
      const zx = along ? alongX / along : (-z * u) / (fx * reach);
      const zy = across ? alongY / across : (-z * v) / (fy * reach);
      // The cross product of d/dx (u·z, v·z, z) and d/dy, divided by z/(fx·fy).
      const nx = zx * fx;
      const ny = zy * fy;
      const nz = -(z + u * nx + v * ny);
      const facing = nx * u + ny * v + nz <= 0 ? 1 : -1;
      const scale = facing / Math.max(1e-20, Math.sqrt(nx * nx + ny * ny + nz * nz));
      normals[i] = nx * scale;
      normals[points + i] = ny * scale;
      normals[2 * points + i] = nz * scale;
    }
  }
  return normals;
}

const isSameSurface = (other: number, z: number, limit: number): boolean => other > 0 && Math.abs(other - z) <= limit;
