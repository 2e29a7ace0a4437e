/** A kernel of a language model that is larger than the memory it may take. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { at } from '../../src/numeric/index.ts';
import { environment } from '../harness/machine.ts';
import { say, write } from '../output.ts';
import { type LlamaShape, SEVEN_BILLION, writeLlama } from './llama.ts';

export interface StreamingBenchOptions {
  /** Folder or file with sst-2. */
  readonly data: string;
  readonly layers?: number;
  readonly width?: number;
  /** Most bytes of the process. */
  readonly memory: number;
  /** Where model and blocks are kept, so that a run that was stopped goes on; removed at the end without one. */
  readonly folder?: string;
  readonly out: string;
}

/** What the process that is measured says. */
interface Measured {
  /** Of each example. */
  readonly tokens: readonly number[];
  readonly parameters: number;
  /** Numbers that the kernel is over. */
  readonly selected: number;
  readonly forecastBytes: number;
  readonly peakBytes: number;
  /** From the plan to the kernel, and CPU seconds of the process; of its last start where it was stopped. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** [8 × 8]. */
  readonly kernel: readonly number[];
  readonly logits: readonly number[];
  readonly resumed: boolean;
}

export interface StreamingResult extends Measured {
  readonly shape: LlamaShape;
  readonly memory: number;
  /** Whether the process stayed within the memory. */
  readonly met: boolean;
}

const SIDE = resolve(import.meta.dirname, 'side.ts');
const SEED = 7;
/** Norms; a Llama has no biases. */
const SELECTED = 'match:*norm.weight,*.bias';
/** Both halves of a symmetric kernel are the same sums in another order. */
const ASYMMETRY = 1e-4;

/** Writes the model, computes the kernel in a process of its own, and checks that it is one. */
export async function streamingBench(options: StreamingBenchOptions): Promise<StreamingResult> {
  const { data, layers = SEVEN_BILLION.layers, width = SEVEN_BILLION.width, memory, out } = options;
  const feedForward = Math.round((SEVEN_BILLION.feedForward * width) / SEVEN_BILLION.width);
  const shape: LlamaShape = { ...SEVEN_BILLION, layers, width, feedForward };
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'nexort-streaming-')));
  try {
    const model = join(folder, 'model');
    if (!existsSync(model)) await writeLlama(model, shape, SEED);
    say('the model is written');
    const measured = await side({
      model,
      data,
      memory,
      threads: availableParallelism(),
      selected: SELECTED,
      run: join(folder, 'run'),
    });
    checkKernel(measured.kernel);
    const result = { ...measured, shape, memory, met: measured.peakBytes <= memory };
    await write(out, 'streaming', environment(), result);
    return result;
  } finally {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

function side(options: Readonly<Record<string, string | number>>): Promise<Measured> {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--import', 'tsx', SIDE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0)
        done(JSON.parse(text) as Measured); // as it prints it
      else failed(new Error(`the process that is measured ended with ${code}`));
    });
  });
}

/** Throws for what is no kernel of examples with themselves. */
function checkKernel(kernel: readonly number[]): void {
  const size = Math.round(Math.sqrt(kernel.length));
  const entry = (row: number, column: number): number => at(kernel, row * size + column);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [one, other] = [entry(row, column), entry(column, row)];
      const scale = Math.sqrt(entry(row, row) * entry(column, column));
      if (
        !(entry(row, row) > 0 && Math.abs(one - other) <= ASYMMETRY * scale && Math.abs(one) <= (1 + ASYMMETRY) * scale)
      ) {
        throw new Error(`the kernel has ${one} at ${row}, ${column} and ${other} at ${column}, ${row}`);
      }
    }
  }
}

/** As a person reads it. */
export function streamingReport(result: StreamingResult): string {
  const { parameters, selected, tokens, memory, forecastBytes, peakBytes, seconds, cpuSeconds, resumed, met } = result;
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GB`;
  const number = (value: number): string => value.toLocaleString('en-US');
  return [
    `${number(parameters)} parameters in bf16; kernel of ${tokens.length} examples of sst-2 (${tokens.join(', ')} tokens) over ${number(selected)}`,
    `peak ${gigabytes(peakBytes)}, forecast ${gigabytes(forecastBytes)}, bound ${gigabytes(memory)}: ${met ? 'met' : 'missed'}`,
    `${Math.round(seconds)} s, ${Math.round(cpuSeconds)} s of CPU time${resumed ? ', all of the last start' : ''}`,
  ].join('\n');
}
