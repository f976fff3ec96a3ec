/**
 * Runs a matcher's ONNX files in onnxruntime for evaluate_pairs.py: pairs come on stdin, warps go to stdout.
 *
 *   node run_onnx.mjs MODEL_FOLDER
 *
 * In: four uint32 (heights and widths of A and B), then A and B as float32 RGB planes in 0..1. Out: two uint32 (height,
 * width), then the warp (2 planes) and the certainty logit as float32. All little endian; ends with stdin.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const folder = process.argv[2];
const { passes } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
const { encoder, decoder } = passes[0];
const options = { intraOpNumThreads: 2 };
const encode = await InferenceSession.create(join(folder, encoder.file), options);
const decode = await InferenceSession.create(join(folder, decoder.file), options);

async function match(a, b) {
  const features = { a: await encode.run({ [encoder.input]: a }), b: await encode.run({ [encoder.input]: b }) };
  const inputs = {};
  for (const [name, source] of Object.entries(decoder.inputs)) {
    const [side, feature] = source.split('.');
    inputs[name] = features[side][feature];
  }
  return decode.run(inputs);
}

function image(buffer, height, width) {
  const copy = new Float32Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length));
  return new Tensor('float32', copy, [1, 3, height, width]);
}

const bytes = ({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

let waiting = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  waiting = Buffer.concat([waiting, chunk]);
  if (waiting.length < 16) continue;
  const [heightA, widthA, heightB, widthB] = [0, 4, 8, 12].map((at) => waiting.readUInt32LE(at));
  const endA = 16 + 12 * heightA * widthA;
  const endB = endA + 12 * heightB * widthB;
  if (waiting.length < endB) continue;
  const result = await match(image(waiting.subarray(16, endA), heightA, widthA), image(waiting.subarray(endA, endB), heightB, widthB));
  waiting = Buffer.from(waiting.subarray(endB));
  const { warp, certaintyLogit } = decoder.outputs;
  process.stdout.write(Buffer.from(new Uint32Array(result[warp].dims.slice(2)).buffer));
  process.stdout.write(bytes(result[warp]));
  process.stdout.write(bytes(result[certaintyLogit]));
}
