// PlayCanvas' converter (MIT), a development dependency: the judge of our readers and writers.
import {
  Column,
  DataTable,
  logger,
  MemoryFileSystem,
  MemoryReadFileSystem,
  readFile,
  Transform,
  writeFile,
  ZipReadFileSystem,
} from '@playcanvas/splat-transform';
import type { GaussianTable, ShDegree } from '../../gaussians/table.ts';
import { createTable, shRestCount } from '../../gaussians/table.ts';

type ArbiterFormat = 'ply' | 'splat' | 'spz' | 'ksplat' | 'sog';

logger.setVerbosity('quiet');

/** Every Gaussian of a file as the arbiter reads it; quaternions made of length 1, as ours are. */
export async function readByArbiter(bytes: Uint8Array, inputFormat: ArbiterFormat): Promise<GaussianTable> {
  const files = new MemoryReadFileSystem();
  files.set(`scene.${inputFormat}`, bytes);
  const inSog = inputFormat === 'sog';
  const fileSystem = inSog ? new ZipReadFileSystem(await files.createSource('scene.sog')) : files;
  const filename = inSog ? 'meta.json' : `scene.${inputFormat}`;
  const [table] = await readFile({ filename, inputFormat, options: {} as never, params: [], fileSystem });
  return tableOf(table!);
}

function tableOf(data: DataTable): GaussianTable {
  const column = (name: string) => data.getColumnByName(name)!.data;
  const rest = data.columnNames.filter((name) => name.startsWith('f_rest_')).length / 3;
  const degree = [0, 1, 2, 3].find((each) => shRestCount(each as ShDegree) === rest) as ShDegree;
  const table = createTable(data.numRows, degree);
  const fill = (names: readonly string[], target: Float32Array) => {
    names.forEach((name, k) => {
      const values = column(name);
      for (let i = 0; i < table.count; i++) target[names.length * i + k] = values[i]!;
    });
  };
  fill(['x', 'y', 'z'], table.positions);
  fill(['scale_0', 'scale_1', 'scale_2'], table.logScales);
  fill(['rot_0', 'rot_1', 'rot_2', 'rot_3'], table.quaternions);
  fill(['opacity'], table.opacityLogits);
  fill(['f_dc_0', 'f_dc_1', 'f_dc_2'], table.sh0);
  fill(restNames(rest), table.shRest);
  for (let i = 0; i < 4 * table.count; i += 4) {
    const length = Math.hypot(...table.quaternions.subarray(i, i + 4));
    for (let k = 0; k < 4; k++) table.quaternions[i + k] = table.quaternions[i + k]! / length;
  }
  return table;
}

/** Coefficient by coefficient the names of a file that goes channel by channel. */
const restNames = (rest: number) =>
  Array.from({ length: 3 * rest }, (_, k) => `f_rest_${(k % 3) * rest + Math.floor(k / 3)}`);

/** A table as the arbiter writes it. */
export async function writeByArbiter(
  table: GaussianTable,
  outputFormat: 'ply' | 'compressed-ply' | 'spz' | 'sog-bundle',
): Promise<Uint8Array> {
  const columns: Column[] = [];
  const add = (names: readonly string[], values: Float32Array) => {
    names.forEach((name, k) => {
      columns.push(
        new Column(
          name,
          Float32Array.from({ length: table.count }, (_, i) => values[names.length * i + k]!),
        ),
      );
    });
  };
  add(['x', 'y', 'z'], table.positions);
  add(['scale_0', 'scale_1', 'scale_2'], table.logScales);
  add(['f_dc_0', 'f_dc_1', 'f_dc_2'], table.sh0);
  add(['opacity'], table.opacityLogits);
  add(['rot_0', 'rot_1', 'rot_2', 'rot_3'], table.quaternions);
  // Channel by channel, as the arbiter looks for them.
  const names = restNames(shRestCount(table.shDegree));
  add(names, table.shRest);
  const files = new MemoryFileSystem();
  const dataTable = new DataTable(columns, Transform.PLY);
  await writeFile({ filename: 'scene', outputFormat, dataTable, options: { iterations: 5 } as never }, files);
  return files.results.get('scene')!;
}
