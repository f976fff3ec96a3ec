import type { ShDegree } from '../../gaussians/table.ts';

/*
 * What reader and writer of .spz (Niantic) share: https://github.com/nianticlabs/spz. The file keeps its attributes
 * one after the other: positions, opacities, colours, log scales, rotations, harmonics.
 */

/** The letters NGSP. */
export const SPZ_MAGIC = 0x5053474e;
export const SPZ_HEADER_BYTES = 16;
export const SPZ_ANTIALIASED = 1;
export const SPZ_EXTENSIONS = 2;

/** A colour's byte is value · 0.15 + 0.5 of the constant harmonic's coefficient: wider than 0…1, so that higher
 * harmonics may bring it back. */
export const SPZ_COLOR_SCALE = 0.15;

/** A log scale's byte is (value + 10) · 16. */
export const SPZ_SCALE_STEPS = 16;
export const SPZ_SCALE_OFFSET = 10;

/** Coefficients above the constant one that a channel has at each degree; degree 4 is stored, but not used here. */
export const SPZ_REST_COUNTS = [0, 3, 8, 15, 24] as const;

/**
 * The sign that each harmonic above the constant one takes where y and z change theirs: the file looks right, up and
 * back, the table right, down and forward, which is half a turn about x. A harmonic changes its sign where it is odd
 * in y and z together.
 */
export const HALF_TURN_SIGNS: readonly number[] = [...[-1, -1, 1], ...[-1, 1, 1, -1, 1], ...[-1, 1, -1, -1, 1, -1, 1]];

/** The same for the quaternion's w, x, y, z, and for a position's x, y, z. */
export const HALF_TURN_QUATERNION = [1, 1, -1, -1] as const;
export const HALF_TURN_POSITION = [1, -1, -1] as const;

/** The degree that the table keeps of a file's. */
export const keptDegree = (degree: number): ShDegree => Math.min(degree, 3) as ShDegree;
