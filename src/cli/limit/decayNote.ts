/** What a reader should know of decay that has no limit of its own. */

import type { LimitProblem } from '../../experiments/index.ts';
import { selectParameters } from '../../optimizers/index.ts';
import { exponentsFor } from '../../parametrizations/index.ts';
import { signOf } from '../../program/index.ts';

/** Names that a sentence has room for. */
const NAMES = 6;

/**
 * Decoupled decay multiplies weights by 1 − η n^(−c) λ, which tends to 1 for every parameter with c > 0: those of which the
 * limit knows no decay, though networks beside it decay. None where there is no such decay.
 */
export function vanishingDecay({ net, parametrization, optimizer, settings = {}, trainable }: LimitProblem): string[] {
  const told = typeof settings === 'function' ? {} : settings;
  const decay = told.decoupledDecay ?? optimizer.hyperparameters.decoupledDecay?.value ?? 0;
  if (decay === 0) return [];
  const trained = trainable === undefined ? undefined : selectParameters(net.parameters, trainable, 'parameters');
  const own = net.parameters.filter(({ name }) => trained === undefined || trained.has(name));
  const vanishing = own.filter((parameter) => signOf(exponentsFor(parametrization, parameter).c) > 0);
  if (vanishing.length === 0) return [];
  const names = vanishing.slice(0, NAMES).map(({ name }) => name);
  const more = vanishing.length > names.length ? ` and ${vanishing.length - names.length} more` : '';
  const which = vanishing.length === own.length ? 'all weights' : `${names.join(', ')}${more}`;
  return [
    `decoupledDecay goes with the learning rate, and vanishes as n^(-c) in the limit for ${which}; networks have it at their widths. ` +
      'independentDecay is the same at every width, and stays',
  ];
}
