/** Perceptrons of two hidden layers as `nexort coord` trains them, in µP and with single mistakes in it. */

import { trainedNet } from '../../../src/cli/coordNets.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type CoordOptions, type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import { type Exponents, MUP } from '../../../src/parametrizations/index.ts';
import { off } from './plantedRuns.ts';

/** An optimizer with what it is told, and the exponents that it minds. */
export interface Rule {
  readonly optimizer: string;
  readonly settings: Settings;
  readonly minds: readonly (keyof Exponents)[];
}

export const ADAM: Rule = { optimizer: 'adam', settings: { learningRate: 0.01 }, minds: ['a', 'b', 'c'] };
export const LION: Rule = { ...ADAM, optimizer: 'lion' };
export const SGD: Rule = { optimizer: 'sgd', settings: { learningRate: 0.1 }, minds: ['a', 'b', 'c', 'd'] };
/** Adam whose ε is as large as gradients: it minds their size. */
export const ADAM_WITH_EPSILON: Rule = { ...ADAM, settings: { learningRate: 0.01, epsilon: 0.1 }, minds: ['d'] };

const engine = nodeEngine({ threads: 1 });
const made = (seed: number) => trainedNet('mlp', { depth: 2, batch: 16, input: 8, seed });

/** One exponent of one layer's weight off by so much. */
export type PerceptronMistake = readonly [weight: string, exponent: keyof Exponents, by: number];

/** All of them that a rule minds. */
export const mistakesOf = ({ minds }: Rule): PerceptronMistake[] =>
  ['w1', 'w2', 'w3'].flatMap((weight) =>
    minds.flatMap((name) => [-1, -0.5, 0.5, 1].map((by): PerceptronMistake => [weight, name, by])),
  );

/** The check as the command makes it, from a seed, in µP or with a mistake in it. */
export function checkedPerceptron(
  { optimizer, settings }: Rule,
  { seed, mistake, ...rest }: { readonly seed: number; readonly mistake?: PerceptronMistake } & Partial<CoordOptions>,
): Promise<CoordResult> {
  const trained = made(seed);
  return coordinateCheck({
    ...trained,
    ...{ parametrization: MUP, optimizer: optimizerNamed(optimizer), settings, seed, stepper: nodeStepper(engine) },
    ...(mistake === undefined ? {} : { actual: off(trained.net, ...mistake) }),
    ...rest,
  });
}

/** What is told of a mistake: the verdict, and whether it is among the causes. */
export async function toldOf(
  rule: Rule,
  mistake: PerceptronMistake,
  options: { readonly seed: number } & Partial<CoordOptions>,
): Promise<string> {
  const { verdict, causes = [] } = await checkedPerceptron(rule, { ...options, mistake });
  const [weight, name, by] = mistake;
  const named = causes
    .flat()
    .some((text) => text.endsWith(`of ${weight}: ${name} is off by ${by > 0 ? '+' : ''}${by}`));
  return named ? `${verdict}, named` : verdict;
}
