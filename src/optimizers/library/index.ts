/** The optimizers by name. */

import { unknownOptimizer } from '../errors.ts';
import type { Optimizer } from '../optimizer.ts';
import { adafactor } from './adafactor.ts';
import { adadelta, adagrad, rmsprop } from './adagrad.ts';
import { adam, adamax, adamw, amsgrad, nadam, radam } from './adam.ts';
import { exactPolar, muon, polar } from './muon.ts';
import { asgd, rprop } from './other.ts';
import { lion, momentum, nesterov, sgd, signsgd, signum } from './sgd.ts';
import { shampoo, spectral } from './shampoo.ts';
import { soap } from './soap.ts';

const ALL = [
  sgd,
  momentum,
  nesterov,
  signsgd,
  signum,
  lion,
  adam,
  adamw,
  amsgrad,
  nadam,
  radam,
  adamax,
  adagrad,
  adadelta,
  rmsprop,
  adafactor,
  rprop,
  asgd,
  muon,
  polar,
  exactPolar,
  spectral,
  shampoo,
  soap,
] as const;

/** Every optimizer of this room by its name. */
export const optimizers: Readonly<Record<string, Optimizer>> = Object.fromEntries(ALL.map((one) => [one.name, one]));

/** The optimizer of a name. Throws {@link UserError} `optimizers.unknown-optimizer`, which suggests the nearest one. */
export function optimizerNamed(name: string): Optimizer {
  const found = Object.hasOwn(optimizers, name) ? optimizers[name] : undefined;
  if (found === undefined) throw unknownOptimizer(name, Object.keys(optimizers));
  return found;
}
