/**
 * webgpu-utils names Float16Array when it is loaded, which browsers before 2025 and Node before 24 lack.
 * No struct of ours holds halves, so a stand-in of the same width is enough; it is never filled.
 */
const scope = globalThis as { Float16Array?: unknown };
scope.Float16Array ??= class Float16Array extends Uint16Array {};

export {};
