/** 0.634 → “63 %”. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const milliseconds = (value: number): string => (value >= 10 ? `${whole(value)} ms` : `${value.toFixed(1)} ms`);

export const seconds = (value: number): string => `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Sizes of files: “84 MB”, “1.22 GB”. */
export const fileSize = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : megabytes(bytes));

/** A time that is still to come, in words: “40 s”, “3 min”, “1 h 20 min”. */
export function remaining(secondsLeft: number): string {
  if (secondsLeft < 90) return `${Math.ceil(secondsLeft)} s`;
  const minutes = Math.round(secondsLeft / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Thousands grouped by commas. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

export const dimensions = ({ width, height }: { width: number; height: number }): string => `${width} × ${height}`;

/** Pixel coordinates, one decimal. */
export const pixel = ({ x, y }: { x: number; y: number }): string => `${x.toFixed(1)}, ${y.toFixed(1)}`;
