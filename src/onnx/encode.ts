import { CodedError, throwIfAborted } from '../core/errors.ts';
import type { ByteSink } from '../core/byte-sink.ts';
import type { Attribute, GraphBuilder, GraphNode, Initializer } from './graph-builder.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import type { Value } from './value.ts';
import { byteLength, ONNX_DTYPE } from './value.ts';

/** Weights under this many bytes stay in the .onnx: onnxruntime wants shapes and axes there anyway. */
const INLINE_BYTES = 1024;

/** Weights start at multiples of this in the data file, so that a runtime can map them. */
const ALIGNMENT = 64;

/** A data file must fit in one ArrayBuffer (about 2 GB in browsers); larger models get several files. */
export const MAX_DATA_FILE_BYTES = 1.9e9;

/** ONNX IR version 8 belongs to opset 17; readers of it accept our 18 and 19 as well. */
const IR_VERSION = 8;

/** A stretch of an external data file that one initialiser fills. */
interface Placement {
  readonly initializer: Initializer;
  readonly file: number;
  readonly offset: number;
  readonly bytes: number;
}

/** A data file of the model, in the order in which `write` fills them. */
export interface DataFile {
  readonly name: string;
  readonly bytes: number;
}

export interface EncodeProgress {
  /** The tensor that was just written. */
  readonly tensor: string;
  readonly bytesWritten: number;
  readonly bytesTotal: number;
}

/** A model ready to be written: the graph's bytes, and its weights still to be streamed. */
export interface EncodedModel {
  /** The .onnx itself. */
  readonly graph: Uint8Array;
  readonly dataFiles: readonly DataFile[];
  /** Streams the weights, one tensor in memory at a time, into the sink of each data file. */
  writeData(open: (file: DataFile) => Promise<ByteSink>, options?: WriteOptions): Promise<void>;
}

export interface WriteOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EncodeProgress) => void;
}

/**
 * Encodes a graph as an ONNX ModelProto whose large weights live in external data files called
 * `dataName`, `dataName.1`, … Offsets follow from shapes alone, so no weight is read here but the small
 * ones that stay inline.
 */
export async function encodeModel(
  graph: GraphBuilder,
  dataName: string,
  maxFileBytes = MAX_DATA_FILE_BYTES,
): Promise<EncodedModel> {
  const placements = place(graph.initializers, maxFileBytes);
  const fileName = (file: number): string => (file === 0 ? dataName : `${dataName}.${file}`);
  const external = new Map(placements.map((placement) => [placement.initializer, placement]));
  const names = new Map(graph.outputs.map(({ name, value }) => [value.name, name]));
  const rename = (value: Value | null): string => (value === null ? '' : (names.get(value.name) ?? value.name));

  const proto = new ProtobufWriter();
  for (const node of graph.nodes) proto.message(1, encodeNode(node, rename));
  proto.string(2, graph.name);
  for (const initializer of graph.initializers) {
    const placement = external.get(initializer);
    proto.message(5, await encodeInitializer(initializer, placement, placement && fileName(placement.file)));
  }
  for (const input of graph.inputs) proto.message(11, encodeValueInfo(input.name, input));
  for (const { name, value } of graph.outputs) proto.message(12, encodeValueInfo(name, value));

  const model = new ProtobufWriter()
    .int(1, IR_VERSION)
    .string(2, 'liftmatch')
    .message(7, proto)
    .message(8, new ProtobufWriter().string(1, '').int(2, graph.opset));
  if (graph.nodes.some(({ domain }) => domain === 'com.microsoft')) {
    model.message(8, new ProtobufWriter().string(1, 'com.microsoft').int(2, 1));
  }

  const dataFiles: DataFile[] = [];
  for (const { file, offset, bytes } of placements) dataFiles[file] = { name: fileName(file), bytes: offset + bytes };
  return {
    graph: model.finish(),
    dataFiles,
    writeData: (open, options) => writePlacements(placements, dataFiles, open, options),
  };
}

function place(initializers: readonly Initializer[], maxFileBytes: number): Placement[] {
  const placements: Placement[] = [];
  let file = 0;
  let end = 0;
  for (const initializer of initializers) {
    const bytes = byteLength(initializer.value);
    if (bytes < INLINE_BYTES) continue;
    if (bytes > maxFileBytes) {
      throw new CodedError(
        'weight-too-large',
        `${initializer.value.name} alone takes ${bytes} bytes; one file can hold ${maxFileBytes}.`,
        'Choose a smaller dtype.',
      );
    }
    let offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    if (offset + bytes > maxFileBytes) {
      file += 1;
      offset = 0;
    }
    placements.push({ initializer, file, offset, bytes });
    end = offset + bytes;
  }
  return placements;
}

async function writePlacements(
  placements: readonly Placement[],
  files: readonly DataFile[],
  open: (file: DataFile) => Promise<ByteSink>,
  { signal, onProgress }: WriteOptions = {},
): Promise<void> {
  const bytesTotal = files.reduce((total, { bytes }) => total + bytes, 0);
  let bytesWritten = 0;
  for (const [index, file] of files.entries()) {
    const sink = await open(file);
    try {
      let position = 0;
      for (const { initializer, offset, bytes } of placements.filter((placement) => placement.file === index)) {
        throwIfAborted(signal);
        if (offset > position) await sink.write(new Uint8Array(offset - position));
        await sink.write(await initializer.load());
        bytesWritten += offset + bytes - position;
        position = offset + bytes;
        onProgress?.({ tensor: initializer.value.name, bytesWritten, bytesTotal });
      }
      await sink.close();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }
}

function encodeNode(node: GraphNode, nameOf: (value: Value | null) => string): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const input of node.inputs) proto.string(1, nameOf(input));
  for (const output of node.outputs) proto.string(2, nameOf(output));
  proto.string(3, node.name).string(4, node.opType);
  for (const [name, value] of Object.entries(node.attributes)) proto.message(5, encodeAttribute(name, value));
  return node.domain === '' ? proto : proto.string(7, node.domain);
}

/** AttributeProto: whole numbers are INT, `{ float }` is FLOAT, lists are INTS. */
function encodeAttribute(name: string, value: Attribute): ProtobufWriter {
  const proto = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return proto.int(3, value).int(20, 2);
  if (typeof value === 'string') return proto.string(4, value).int(20, 3);
  if ('float' in value) return proto.float(2, value.float).int(20, 1);
  return proto.packedInts(8, value).int(20, 7);
}

async function encodeInitializer(
  { value, load }: Initializer,
  placement: Placement | undefined,
  location: string | undefined,
): Promise<ProtobufWriter> {
  const proto = new ProtobufWriter().packedInts(1, value.shape).int(2, ONNX_DTYPE[value.dtype]).string(8, value.name);
  if (placement === undefined || location === undefined) return proto.bytes(9, await load());
  const entries = { location, offset: String(placement.offset), length: String(placement.bytes) };
  for (const [key, text] of Object.entries(entries))
    proto.message(13, new ProtobufWriter().string(1, key).string(2, text));
  return proto.int(14, 1);
}

function encodeValueInfo(name: string, { dtype, shape }: Value): ProtobufWriter {
  const dims = new ProtobufWriter();
  for (const extent of shape) dims.message(1, new ProtobufWriter().int(1, extent));
  const tensor = new ProtobufWriter().int(1, ONNX_DTYPE[dtype]).message(2, dims);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
