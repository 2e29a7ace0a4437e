/** A kernel of a language model that is larger than the memory it may take. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environment } from '../harness/machine.ts';
import { say, write } from '../output.ts';
import { type LlamaShape, SEVEN_BILLION, writeLlama } from './llama.ts';

export interface StreamingBenchOptions {
  /** Folder or file with sst-2. */
  readonly data: string;
  readonly layers?: number;
  readonly width?: number;
  /** As `--memory` takes it. */
  readonly memory: string;
  /** Most bytes of the process. */
  readonly bound: number;
  readonly out: string;
}

/** What is asserted: the kernel of 8 training examples with these, 8 to choose with and 8 to be scored on. */
export interface StreamingResult {
  readonly parameters: number;
  readonly shape: LlamaShape;
  readonly bound: number;
  readonly forecastBytes: number;
  readonly peakBytes: number;
  readonly seconds: number;
  readonly met: boolean;
}

const ROOT = resolve(import.meta.dirname, '../..');
const SEED = 7;
const SELECTED = 'match:*norm.weight,*.bias';

/** What of the JSON object of `nexort kernel` is read. */
interface KernelJson {
  readonly forecastBytes: number;
  readonly peakBytes: number;
  readonly parameters: { readonly count: number };
}

/** Writes the model, runs `nexort kernel` on it, and removes it. */
export async function streamingBench(options: StreamingBenchOptions): Promise<StreamingResult> {
  const { data, layers = SEVEN_BILLION.layers, width = SEVEN_BILLION.width, memory, bound, out } = options;
  const shape: LlamaShape = {
    ...SEVEN_BILLION,
    layers,
    width,
    feedForward: Math.round((SEVEN_BILLION.feedForward * width) / SEVEN_BILLION.width),
  };
  const folder = await mkdtemp(join(tmpdir(), 'nexort-streaming-'));
  try {
    say('writing the model');
    const parameters = await writeLlama(join(folder, 'model'), shape, SEED);
    say(`a model of ${parameters.toLocaleString('en-US')} parameters`);
    const started = performance.now();
    const found = await kernel([
      ...['sst-2', '--data', data, '--model', join(folder, 'model'), '--params', SELECTED, '--memory', memory],
      ...['--k', '4', '--seeds', '13', '--limit', '8', '--solver', 'ridge', '--out', join(folder, 'run'), '--json'],
    ]);
    const seconds = (performance.now() - started) / 1000;
    const { forecastBytes, peakBytes } = found;
    const result = { parameters, shape, bound, forecastBytes, peakBytes, seconds, met: peakBytes <= bound };
    await write(out, 'streaming', environment(), { ...result, selected: SELECTED, count: found.parameters.count });
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function kernel(args: readonly string[]): Promise<KernelJson> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/nexort.js'), 'kernel', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0)
        done(JSON.parse(text) as KernelJson); // as the command prints it
      else failed(new Error(`nexort kernel ended with ${code}`));
    });
  });
}

/** As a person reads it. */
export function streamingReport({
  parameters,
  bound,
  forecastBytes,
  peakBytes,
  seconds,
  met,
}: StreamingResult): string {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GB`;
  return [
    `${parameters.toLocaleString('en-US')} parameters in bf16, sharded: 8 training examples of sst-2 with 24`,
    `peak ${gigabytes(peakBytes)}, forecast ${gigabytes(forecastBytes)}, bound ${gigabytes(bound)}: ${met ? 'met' : 'missed'}`,
    `${Math.round(seconds)} s`,
  ].join('\n');
}
