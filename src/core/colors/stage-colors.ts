/** RGBA, 0…1. */
export type Color = [r: number, g: number, b: number, a: number];

/** Background of the pictures in each theme: what lies between and around them. */
export const STAGE_COLORS: Record<'light' | 'dark', Color> = {
  light: hexColor('#f4f4f1'),
  dark: hexColor('#141518'),
};

function hexColor(hex: string): Color {
  const channel = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16) / 255;
  return [channel(1), channel(3), channel(5), 1];
}
