/** Trajectories of fine-tuning by transformers and torch's optimizers: `../shared/reference/lm-models/finetune`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevScore } from '../../../src/lm/finetune/devScores.ts';
import { type FineTuneOptions, fineTune, type Trainer } from '../../../src/lm/finetune/fineTune.ts';
import { textLogits } from '../../../src/lm/finetune/textLogits.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { headFeeds } from '../../../src/lm/run/setting.ts';
import { draws } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { stepperOf, type Tensors } from '../../../src/program/index.ts';
import { interpret, oracle } from '../../../src/reference/index.ts';

export interface Trajectory {
  readonly losses: readonly number[];
  readonly final_loss: number;
  /** [text][class], by the number of steps. */
  readonly logits: Readonly<Record<'0' | '10' | '50', readonly (readonly number[])[]>>;
  readonly linearized: Readonly<Record<'10' | '50', readonly (readonly number[])[]>>;
}

interface Values {
  readonly model: string;
  readonly labels: readonly { readonly id: number }[];
  readonly texts: readonly {
    readonly ids: readonly number[];
    readonly position: number;
    readonly label: number | null;
  }[];
  readonly train_texts: number;
  readonly steps: number;
  readonly runs: Readonly<Record<string, Trajectory>>;
}

/** Rates of the runs; AdamW is without decay. */
export const RUNS = {
  sgd: { optimizer: 'sgd', settings: { learningRate: 1e-2 } },
  adamw: { optimizer: 'adamw', settings: { learningRate: 1e-3, decoupledDecay: 0 } },
  sgd_small: { optimizer: 'sgd', settings: { learningRate: 5e-4 } },
  adamw_small: { optimizer: 'adamw', settings: { learningRate: 5e-5, decoupledDecay: 0 } },
} as const;

/** The reference interpreter, in f64. */
export const oracleTrainer: Trainer = {
  stepper: async (program, sizes, initial) => stepperOf(oracle({ sizes, draw: draws(0) }), program, initial),
  run: (program, feeds, sizes) => interpret(program, feeds, sizes),
};

/** What a run is trained with, but for what trains, and what it gave; no dev examples. */
export async function trajectoryOf(folder: string, run: keyof typeof RUNS, precision: 'f64' | 'f32') {
  const values = JSON.parse(readFileSync(join(folder, 'values.json'), 'utf8')) as Values; // see its README
  const model = await loadLanguageModel(checkpointFolder(join(folder, values.model)), () => ({
    kind: 'words',
    classes: values.labels.length,
    untie: false,
  }));
  const { optimizer, settings } = RUNS[run];
  const options = {
    model,
    examples: values.texts.map(({ ids, position }) => ({ ids, place: position })),
    classes: values.texts.map(({ label }) => label ?? 0),
    train: Array.from({ length: values.train_texts }, (_, k) => k),
    dev: [],
    head: headFeeds(values.labels.map(({ id }) => id)),
    optimizer: optimizerNamed(optimizer),
    settings,
    batch: values.train_texts,
    steps: values.steps,
    evaluateEvery: 10,
  } satisfies Omit<FineTuneOptions, 'trainer'>;
  return { options, expected: values.runs[`${run}_${precision}`] as Trajectory };
}

/** How far losses and logits are from those expected, at the worst. */
export async function farthest(folder: string, run: keyof typeof RUNS, precision: 'f64' | 'f32', trainer: Trainer) {
  const { options, expected } = await trajectoryOf(folder, run, precision);
  const seen = new Map<number, Tensors>();
  const onEvaluation = ({ step }: DevScore, weights: Tensors): void => void seen.set(step, weights);
  const found = await fineTune({ ...options, trainer, onEvaluation });
  const texts = { examples: options.examples, head: options.head, rule: options.model.config };
  const all = options.examples.map((_, k) => k);
  const logits: number[] = [];
  for (const step of [0, 10, 50] as const) {
    const own = await textLogits(options.model.net, seen.get(step) ?? {}, texts, all, trainer.run);
    logits.push(distance(own, expected.logits[step].flat()));
  }
  return { losses: distance(found.losses, expected.losses), logits: Math.max(...logits) };
}

/** The largest difference; NaN where there are not as many. */
function distance(found: ArrayLike<number>, expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.NaN;
  return Math.max(...expected.map((value, k) => Math.abs(value - (found[k] ?? Number.NaN))));
}
