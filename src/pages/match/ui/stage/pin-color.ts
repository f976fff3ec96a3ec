/** Eight colours that stay apart on photos and for colour-blind eyes (after Okabe and Ito, 2008). */
const COLORS = ['#e69f00', '#56b4e9', '#00c292', '#f0e442', '#4a8fff', '#ff6b3d', '#e884c0', '#b9a3ff'];

export const pinColor = (id: number): string => COLORS[(id - 1) % COLORS.length];
