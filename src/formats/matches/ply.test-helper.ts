const READERS: Record<string, [bytes: number, read: (view: DataView, at: number) => number]> = {
  float: [4, (view, at) => view.getFloat32(at, true)],
  double: [8, (view, at) => view.getFloat64(at, true)],
  uchar: [1, (view, at) => view.getUint8(at)],
};

/** An independent reader of binary little-endian PLY that goes by the header alone. */
export function parsePly(bytes: Uint8Array): { positions: Float32Array; colors: Uint8Array; comments: string[] } {
  const end = 'end_header\n';
  const text = new TextDecoder('latin1').decode(bytes);
  const body = text.indexOf(`\n${end}`) + 1 + end.length;
  const lines = new TextDecoder().decode(bytes.subarray(0, body)).trimEnd().split('\n');
  if (lines[0] !== 'ply' || lines[1] !== 'format binary_little_endian 1.0') throw new Error('no binary PLY');
  const rest = lines.slice(2, -1).map((line) => line.split(' '));
  const [, , count] = rest.find(([word, name]) => word === 'element' && name === 'vertex')!;
  const properties = rest.filter(([word]) => word === 'property').map(([, type, name]) => ({ type, name }));
  const view = new DataView(bytes.buffer, bytes.byteOffset + body, bytes.byteLength - body);
  const columns: Record<string, number[]> = {};
  let at = 0;
  for (let i = 0; i < Number(count); i++) {
    for (const { type, name } of properties) {
      const [size, read] = READERS[type];
      (columns[name] ??= []).push(read(view, at));
      at += size;
    }
  }
  if (at !== view.byteLength) throw new Error(`${view.byteLength - at} bytes too many`);
  const rows = (names: string[]) => Array.from({ length: Number(count) }, (_, i) => names.map((n) => columns[n][i]));
  return {
    positions: Float32Array.from(rows(['x', 'y', 'z']).flat()),
    colors: Uint8Array.from(rows(['red', 'green', 'blue']).flat()),
    comments: rest.filter(([word]) => word === 'comment').map(([, ...words]) => words.join(' ')),
  };
}
