/** The reference runs of ../shared/reference/optim, in this project's names. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Optimizer, optimizerNamed, type Settings } from '../../src/optimizers/index.ts';

/** Numbers nested as the peer nests them. */
type Nested = number | readonly Nested[];

/** What a run was told, in the peer's words. */
export interface TorchRun {
  readonly optimizer: string;
  readonly settings: Readonly<Record<string, number | boolean | readonly number[]>>;
}

/** A run on given gradients: two tensors, of three and of two times two entries. */
export interface GradientRun extends TorchRun {
  readonly initial: readonly Nested[];
  readonly gradients: readonly (readonly Nested[])[];
  readonly params_after_step: readonly (readonly Nested[])[];
}

/** Reads a file of that folder. */
export function readReference<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as T; // written by the reference programs
}

export const flat = (nested: Nested): readonly number[] =>
  typeof nested === 'number' ? [nested] : nested.flatMap(flat);

/** Our names of the peer's settings, one for each number of a pair. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  lr: ['learningRate'],
  betas: ['beta1', 'beta2'],
  eps: ['epsilon'],
  amsgrad: ['amsgrad'],
  maximize: ['maximize'],
  momentum: ['momentum'],
  dampening: ['dampening'],
  nesterov: ['nesterov'],
  alpha: ['alpha'],
  centered: ['centered'],
  etas: ['shrink', 'grow'],
  step_sizes: ['smallest', 'largest'],
  rho: ['rho'],
  lr_decay: ['rateDecay'],
  initial_accumulator_value: ['initialSum'],
  momentum_decay: ['momentumDecay'],
};

/** Optimizers whose `weight_decay` is decoupled from the gradient. */
const DECOUPLED = ['AdamW', 'Lion', 'Signum'];

/** The optimizer and settings that a peer's run means. */
export function fromTorch({ optimizer: title, settings }: TorchRun): { optimizer: Optimizer; settings: Settings } {
  const [word = ''] = title.split(/[ ,(]/);
  const { weight_decay: decay, decoupled_weight_decay: decoupled, ...rest } = settings;
  const own = Object.entries(rest).flatMap(([key, value]) => {
    const names = NAMES[key];
    if (names === undefined) throw new Error(`no name for ${key}`);
    const values = Array.isArray(value) ? value : [value];
    return names.map((name, k): [string, number | boolean] => [name, values[k]]);
  });
  const kind = DECOUPLED.includes(word) || decoupled === true ? 'decoupledDecay' : 'coupledDecay';
  const decays = typeof decay === 'number' ? [[kind, decay] as const] : [];
  return { optimizer: optimizerNamed(word.toLowerCase()), settings: Object.fromEntries([...own, ...decays]) };
}
