/** Apart for most kinds of colour vision (after Okabe and Ito), and legible on light and dark pages. */
const COLORS = ['#3b78d8', '#e0752b', '#1f9e77', '#c2569b', '#b8961a', '#56a8d8', '#8d6bc2', '#7a7a72'];

export const contenderColor = (index: number): string => COLORS[index % COLORS.length];
