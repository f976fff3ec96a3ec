/**
 * Compares two exports of the same weights: outputs on made features of several sizes, nodes aside, and the time that
 * onnxruntime-web's WASM provider takes to open each decoder (least of several openings in turn, processor seconds).
 *
 *   node compare_graphs.mjs OLD_FOLDER NEW_FOLDER [OPENINGS]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const [old, young, openings = '5'] = process.argv.slice(2);
const bytes = await Promise.all([old, young].map((folder) => readFile(join(folder, 'decoder.onnx'))));
const { passes } = JSON.parse(await readFile(join(old, 'manifest.json'), 'utf8'));
const { encoder, decoder } = passes[0];
const open = (data) => ort.InferenceSession.create(data, { executionProviders: ['wasm'] });

const least = [Infinity, Infinity];
let sessions = [];
for (let i = 0; i < Number(openings); i++) {
  for (const session of sessions) await session.release();
  sessions = [];
  for (const k of [0, 1]) {
    const before = process.cpuUsage();
    sessions.push(await open(bytes[k]));
    const { user, system } = process.cpuUsage(before);
    least[k] = Math.min(least[k], (user + system) / 1e6);
  }
}
console.log(`opening the decoder: old ${least[0].toFixed(3)} s, new ${least[1].toFixed(3)} s, ratio ${(least[1] / least[0]).toFixed(2)}`);

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const encode = await ort.InferenceSession.create(await readFile(join(old, encoder.file)), { executionProviders: ['wasm'] });

/** A smooth picture with detail; `shift` moves it. */
function picture(height, width, shift) {
  const data = new Float32Array(3 * height * width);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [u, v] = [x + shift, y - shift];
        data[(c * height + y) * width + x] =
          0.5 + 0.2 * Math.sin(u / (7 + c)) * Math.cos(v / 11) + 0.2 * Math.sin((u * v) / 900) + 0.02 * random();
      }
  return new ort.Tensor('float32', data, [1, 3, height, width]);
}

for (const [a, b] of [[[96, 128], [96, 128]], [[160, 224], [192, 128]], [[320, 448], [448, 320]]]) {
  const features = { a: await encode.run({ [encoder.input]: picture(...a, 0) }), b: await encode.run({ [encoder.input]: picture(...b, 5) }) };
  const inputs = {};
  for (const [name, source] of Object.entries(decoder.inputs)) {
    const [side, feature] = source.split('.');
    inputs[name] = features[side][feature];
  }
  const [one, other] = [await sessions[0].run(inputs), await sessions[1].run(inputs)];
  const apart = (name, value = (v) => v) =>
    one[name].data.reduce((most, v, i) => Math.max(most, Math.abs(value(v) - value(other[name].data[i]))), 0);
  const sigmoid = (v) => 1 / (1 + Math.exp(-v));
  const { warp, certaintyLogit } = decoder.outputs;
  const timed = async (session) => {
    const before = process.cpuUsage();
    await session.run(inputs);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  const times = [await timed(sessions[0]), await timed(sessions[1])].map((t) => t.toFixed(2));
  console.log(`${a} and ${b}: largest difference of the warp ${apart(warp).toExponential(1)}, of the certainty ${apart(certaintyLogit, sigmoid).toExponential(1)}; a run ${times[0]} s, ${times[1]} s`);
}
