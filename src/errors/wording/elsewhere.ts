import { likely } from './nearNames.ts';

/** What libraries call some hyperparameters. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  lr: ['learningRate'],
  eps: ['epsilon'],
  betas: ['beta1', 'beta2'],
  weight_decay: ['coupledDecay', 'decoupledDecay', 'independentDecay'],
  weightDecay: ['coupledDecay', 'decoupledDecay', 'independentDecay'],
};

/** A sentence on which of the `known` hyperparameters someone meant who gave this name, or nothing. */
export function meantHyperparameter(name: string, known: readonly string[]): string {
  const [, all = []] = Object.entries(ELSEWHERE).find(([own]) => own === name) ?? [];
  const here = all.filter((own) => known.includes(own));
  if (here.length > 0) return ` What libraries call so is here: ${here.join(', ')}.`;
  const near = likely(name, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}
