/**
 * Whether a GPU answers and computes right, in a process of its own: drivers write to the terminal, and one that crashes takes
 * its process along.
 */

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { required } from '../../errors/index.ts';
import { OnnxGraph } from '../onnx/graph.ts';

/** What a GPU makes of a product of matrices and its tanh. */
export type DeviceProbe =
  /** The largest deviation from the same in 64 bits. */
  { readonly found: true; readonly deviation: number } | { readonly found: false; readonly reason: string };

/** A first program is compiled for the GPU. */
const MOST_SECONDS = 120;
const SIZE = 64;
/** Of a product of so many terms below 1/64 in 32 bits, and of tanh. */
const MOST_DEVIATION = 1e-5;

/** Whether a GPU computes with 32 bits. */
export const rightOnDevice = (probe: DeviceProbe): boolean => probe.found && probe.deviation <= MOST_DEVIATION;

/** Tries the GPU. */
export async function probeDevice(): Promise<DeviceProbe> {
  const numbers = Float32Array.from({ length: SIZE * SIZE }, (_, k) => Math.sin(k) / 8);
  const graph = new OnnxGraph();
  const [a, b] = [graph.input('a', 'float32'), graph.input('b', 'float32')];
  graph.identity(graph.op('Tanh', [graph.op('MatMul', [a, b])]), 'y');
  graph.output('y', 'float32');
  const runtime = pathToFileURL(createRequire(import.meta.url).resolve('onnxruntime-node')).href;
  const script = `
    const { default: ort } = await import(${JSON.stringify(runtime)});
    const model = Buffer.from(${JSON.stringify(Buffer.from(graph.model()).toString('base64'))}, 'base64');
    const session = await ort.InferenceSession.create(model, { executionProviders: ['webgpu'], logSeverityLevel: 3 });
    const x = new ort.Tensor('float32', Float32Array.from(${JSON.stringify([...numbers])}), [${SIZE}, ${SIZE}]);
    const { y } = await session.run({ a: x, b: x });
    process.stdout.write('found ' + JSON.stringify([...y.data]));`;
  const { output, messages } = await ended(script);
  const [, found] = /^found (\[.*\])$/m.exec(output) ?? [];
  if (found === undefined) return { found: false, reason: reasonIn(messages) };
  const values: readonly number[] = JSON.parse(found);
  let deviation = 0;
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) {
      let sum = 0;
      for (let k = 0; k < SIZE; k++) {
        sum += required(numbers[row * SIZE + k], 'number') * required(numbers[k * SIZE + column], 'number');
      }
      const value = required(values[row * SIZE + column], 'number of the device');
      deviation = Math.max(deviation, Math.abs(value - Math.tanh(sum)));
    }
  }
  return { found: true, deviation };
}

function ended(script: string): Promise<{ readonly output: string; readonly messages: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 1000 * MOST_SECONDS,
    });
    let [output, messages] = ['', ''];
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      messages += text;
    });
    child.on('error', (error) => done({ output, messages: error.message }));
    child.on('close', (_, signal) => {
      done({ output, messages: signal === null ? messages : `${messages}\nit was ended by ${signal}` });
    });
  });
}

/** The line of what the process said that tells most. */
function reasonIn(messages: string): string {
  const found = [
    /Couldn't load Vulkan: [^\n]*/,
    /Failed to get a WebGPU [^\n]*/,
    /Error: [^\n]*/,
    /it was ended by \w+/,
  ];
  for (const pattern of found) {
    const [line] = pattern.exec(messages) ?? [];
    if (line !== undefined) return line;
  }
  const said = messages.trim();
  return said === '' ? 'it said nothing' : said.slice(said.lastIndexOf('\n') + 1);
}
