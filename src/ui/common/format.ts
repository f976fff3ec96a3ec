/** 0.634 → “63 %”. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const milliseconds = (value: number): string => (value >= 10 ? `${whole(value)} ms` : `${value.toFixed(1)} ms`);

export const seconds = (value: number): string => `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Thousands grouped by commas. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

export const dimensions = ({ width, height }: { width: number; height: number }): string => `${width} × ${height}`;

/** Pixel coordinates, one decimal. */
export const pixel = ({ x, y }: { x: number; y: number }): string => `${x.toFixed(1)}, ${y.toFixed(1)}`;
