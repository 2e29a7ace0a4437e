/** What is measured beside a baseline: the sides of the benches of train, kernel and kets. */

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseProgram } from '../../src/program/index.ts';
import type { Command } from '../harness/side.ts';
import { oursCommand as kernelCommand } from '../kernel/bench.ts';
import { writeCheckpoint, writeInputs } from '../kernel/checkpoint.ts';
import { scalarNames } from '../kets/entries.ts';
import { lazySide } from '../kets/sides.ts';
import { fourInputs } from '../kets/workloads.ts';
import { COMPARED_STEPS } from '../train/bench.ts';
import { writeCase } from '../train/case.ts';
import { oursCommand as trainCommand } from '../train/peers.ts';
import { titleOf, type WorkloadName, workload } from '../train/workloads.ts';
import { type CompareAnswers, sameKernels, sameLosses, sameMeans } from './answers.ts';

export const BENCHES = ['train', 'kernel', 'kets'] as const;
export type BenchName = (typeof BENCHES)[number];

/** Script of each bench's side, in any checkout. */
export const SIDES: Readonly<Record<BenchName, string>> = {
  train: 'train/ours.ts',
  kernel: 'kernel/ours.ts',
  kets: 'kets/lazy.ts',
};

/** One thing that is measured, from either checkout. */
export interface Case {
  readonly title: string;
  /** What times are of, in words. */
  readonly unit: string;
  /** A process for one run; pair k of both checkouts is told the same. */
  alone(root: string, k: number): Command;
  /** Pairs that there are at least, whatever the number of rounds, so that answers can be compared. */
  readonly leastPairs: number;
  readonly compare: CompareAnswers;
  /** Processes that stay, whose times count. Where there are none, those of processes alone do. */
  readonly staying?: Staying;
}

export interface Staying {
  command(root: string): Command;
  /** Requests that make one run that counts: short ones would be lost in what else the machine does. */
  readonly repeats: number;
  /** Units in such a run. */
  readonly units: number;
}

export interface CaseOptions {
  readonly benches: readonly BenchName[];
  readonly workloads: readonly WorkloadName[];
  /** Train: another width of hidden layers. */
  readonly width?: number;
  readonly tokens: readonly number[];
  readonly layers: number;
  readonly examples: number;
  /** Kets: widths of runs in processes that stay. */
  readonly widths: readonly number[];
  /** Kets: widths of runs in processes of their own. */
  readonly scaleWidths: readonly number[];
  /** Kets: seeds whose means are compared at least. */
  readonly seeds: number;
  readonly threads: number;
}

/** The sizes of the kernel bench's encoder that no option changes. */
const ENCODER = { width: 384, heads: 12, feedForward: 1536 } as const;
/** Steps of a run, of a second or more each. */
const STEPS: Readonly<Record<WorkloadName, number>> = { mlp: 60, wide: 10, gpt: 10, encoder: 5 };
/** Runs of kets that take half a second together, at any width. */
const ketRepeats = (width: number): number => Math.max(1, Math.min(10, Math.round(32_768 / width)));

/** The cases in their order; the files of each are in `folder` until the next is asked for. */
export async function* cases(options: CaseOptions, folder: string): AsyncGenerator<Case> {
  const { benches } = options;
  if (benches.includes('train')) yield* trainCases(options, folder);
  if (benches.includes('kernel')) yield* kernelCases(options, folder);
  if (benches.includes('kets')) yield* ketCases(options, folder);
}

async function* trainCases({ workloads, width, threads }: CaseOptions, folder: string): AsyncGenerator<Case> {
  for (const name of workloads) {
    const given = workload(name, width === undefined ? {} : { width });
    const file = join(folder, `${name}.safetensors`);
    await writeCase(file, given);
    const steps = STEPS[name];
    yield {
      title: `train ${name}: ${titleOf(given)}`,
      unit: 'a step',
      alone: (root) => trainCommand({ file, threads, steps: COMPARED_STEPS }, root),
      leastPairs: 1,
      compare: sameLosses,
      staying: { command: (root) => trainCommand({ file, threads, steps }, root), repeats: 1, units: steps },
    };
    await rm(file);
  }
}

async function* kernelCases(options: CaseOptions, folder: string): AsyncGenerator<Case> {
  const { tokens, layers, examples, threads } = options;
  const shape = { ...ENCODER, layers, examples };
  await writeCheckpoint(folder, { ...shape, tokens: Math.max(...tokens) });
  for (const count of tokens) {
    await writeInputs(folder, { ...shape, tokens: count });
    const command = (root: string): Command => kernelCommand(folder, threads, 'sgd', root);
    yield {
      title: `kernel, ${count} tokens`,
      unit: `${examples} × ${examples}`,
      alone: command,
      leastPairs: 1,
      compare: sameKernels,
      staying: { command, repeats: 1, units: 1 },
    };
  }
}

async function* ketCases({ widths, scaleWidths, seeds }: CaseOptions, folder: string): AsyncGenerator<Case> {
  const { text, steps } = await fourInputs();
  const file = join(folder, 'four.nex');
  await writeFile(file, text);
  const shared = (width: number): Omit<Case, 'title'> => ({
    unit: `${steps} steps`,
    alone: (root, k) => lazySide({ file, width, steps, seed: k }, root),
    leastPairs: seeds,
    compare: sameMeans(scalarNames(parseProgram(text), width), width),
  });
  for (const width of widths) {
    const repeats = ketRepeats(width);
    const command = (root: string): Command => lazySide({ file, width, steps }, root);
    yield { title: `kets, n = ${width}`, ...shared(width), staying: { command, repeats, units: repeats } };
  }
  for (const width of scaleWidths) yield { title: `kets, n = ${width}, first run`, ...shared(width) };
}
