/** Entries of a colour map's table, as published. */
export const COLOR_MAP_SIZE = 256;

/**
 * Every fifth of the 256 published entries, RRGGBB. Between them straight lines are within one step of 255 of the
 * published table (cividis, whose blue is jagged as published: four).
 * viridis and magma: S. van der Walt and N. Smith, CC0. turbo: A. Mikhailov, Apache-2.0.
 * cividis: Nuñez, Anderson and Renslow, "Optimizing colormaps with consideration for color vision deficiency", 2018.
 */
const KNOTS: Record<ColorMapName, string> = {
  viridis:
    '44015446085c471063481769481d6f482475472a7a46307e453781433d844142873f48893d4e8a3a538b38598c355e8d33638d31' +
    '688e2e6d8e2c718e2a768e297b8e27808e25848e23898e218e8d20928c1f978b1e9c891fa18821a58524aa8328ae802eb37c35b7' +
    '793dbc7446c06f50c46a5ac86465cb5e70cf577cd25089d54895d840a2da37b0dd2fbddf26cae11fd8e219e5e419f1e51dfde725',
  magma:
    '00000402020b0504160907200e0b2b140e361a104221114e29115a311165390f6e420f754a107952137c5a167e6219806a1c8172' +
    '1f81792282812581892881912b81992d80a1307eaa337db2357bba3878c23b75ca3e72d2426fd9466be04c67e75263ec5860f160' +
    '5df4695cf7725cf97b5dfb8560fc8e64fd9869fea16efeaa74feb47bfebd82fec68afecf92fed89afde2a3fdebacfcf4b6fcfdbf',
  turbo:
    '30123b36215f3b2f803f3e9c424bb54559cb4666dd4773eb4680f6458cfd4099ff38a5fb2fb2f427bee91fc9dd1ad4d018ddc21a' +
    'e4b622ebaa2ff19b3ff68a52fa7a65fd6979fe598bff4b9cfe40a9fb39b7f735c3f134d0ea34dbe236e5d938eecf3af5c53afaba' +
    '39fdae35fea130fe932afc8423f9751df46617ef5811e84b0ce14109d83706ce2d04c32503b71d02a916019b0f018b09027a0403',
  cividis:
    '00224e002656002a5f002d68003070083370163770203a6f273e6e2e416d34456c3a486c3f4c6c444f6c49536c4e566c535a6d57' +
    '5d6d5c616e60646f656870696b716d6f727272747676767a7a787e7d788381798885788d8878928c789690779b9476a09875a59c' +
    '74aaa073afa471b5a86fbaac6dbfb06bc4b468c9b965cfbd62d4c15fdac65bdfca57e5cf52ead34cf0d846f6dd3ffce236fee838',
};
const KNOT_STEP = 5;

const tables = new Map<ColorMapName, Uint8ClampedArray>();

/** The map's 256 entries as RGBA bytes, from low to high. Shared: do not write into it. */
export function colorMapTable(name: ColorMapName): Uint8ClampedArray {
  const known = tables.get(name);
  if (known) return known;
  const table = new Uint8ClampedArray(COLOR_MAP_SIZE * 4);
  for (let i = 0; i < COLOR_MAP_SIZE; i++) {
    const low = Math.floor(i / KNOT_STEP);
    const share = (i % KNOT_STEP) / KNOT_STEP;
    for (let channel = 0; channel < 3; channel++) {
      const from = knot(name, low, channel);
      table[i * 4 + channel] = share ? from + (knot(name, low + 1, channel) - from) * share : from;
    }
    table[i * 4 + 3] = 255;
  }
  tables.set(name, table);
  return table;
}

/** All maps as the rows of one RGBA picture, in the order of COLOR_MAPS. */
export function colorMapRows(): Uint8ClampedArray<ArrayBuffer> {
  const rows = new Uint8ClampedArray(COLOR_MAPS.length * COLOR_MAP_SIZE * 4);
  COLOR_MAPS.forEach((name, row) => rows.set(colorMapTable(name), row * COLOR_MAP_SIZE * 4));
  return rows;
}

/** A value's colour, 0…255 a channel, linear between the table's entries; values outside 0…1 take the ends. */
export function colorMapAt(name: ColorMapName, value: number): [r: number, g: number, b: number] {
  const table = colorMapTable(name);
  const position = Math.min(1, Math.max(0, value)) * (COLOR_MAP_SIZE - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, COLOR_MAP_SIZE - 1);
  const channel = (c: number) => table[low * 4 + c] + (table[high * 4 + c] - table[low * 4 + c]) * (position - low);
  return [channel(0), channel(1), channel(2)];
}

/** The map as a CSS gradient from left (0) to right (1), for legends. */
export function colorMapGradient(name: ColorMapName): string {
  const count = KNOTS[name].length / 6;
  const stops = Array.from({ length: count }, (_, i) => `#${KNOTS[name].slice(i * 6, i * 6 + 6)}`);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function knot(name: ColorMapName, index: number, channel: number): number {
  return Number.parseInt(KNOTS[name].slice(index * 6 + channel * 2, index * 6 + channel * 2 + 2), 16);
}

export const COLOR_MAPS = ['viridis', 'magma', 'turbo', 'cividis'] as const;

export type ColorMapName = (typeof COLOR_MAPS)[number];
