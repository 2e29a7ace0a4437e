/** Random update rules: those of the library with random settings, and own functions Q of the gradient. */

import fc from 'fast-check';
import {
  average,
  defineOptimizer,
  meanOver,
  type Optimizer,
  optimizerNamed,
  optimizers,
  type Setting,
  type Settings,
  schedule,
} from '../../src/optimizers/index.ts';
import {
  add,
  div,
  type Expr,
  maximum,
  minimum,
  mul,
  neg,
  sizePower,
  square,
  sub,
  unary,
} from '../../src/program/index.ts';

/** Q as a tree: operations by name over gradient, momentum, weight, step and numbers. */
export type Tree =
  | { readonly leaf: 'gradient' | 'first' | 'weight' | 'step' | 'scale' }
  | { readonly number: number }
  | { readonly op: keyof typeof ONE; readonly of: Tree }
  | { readonly op: keyof typeof TWO; readonly left: Tree; readonly right: Tree };

/** What updates a parameter: plain data. */
export type RuleChoice =
  | { readonly optimizer: string; readonly settings: SettingsChoice }
  | { readonly q: Tree; readonly mean: 'none' | 'entries' | 'rows'; readonly settings: SettingsChoice };

export interface SettingsChoice {
  readonly learningRate: number;
  readonly schedule: string;
  /** Flags and shares of the past by number. */
  readonly flags: number;
  readonly epsilon: number;
  readonly decay: 'none' | 'coupledDecay' | 'decoupledDecay' | 'independentDecay';
}

/** Functions of order 1 with bounded slopes. */
const ONE = {
  tanh: (x: Expr) => unary('tanh', x),
  sin: (x: Expr) => unary('sin', x),
  neg,
  root: (x: Expr) => unary('sqrt', add(square(x), 0.1)),
  bell: (x: Expr) => div(x, add(square(x), 0.5)),
  relu: (x: Expr) => unary('relu', x),
} as const;
const TWO = { add, sub, mul, maximum, minimum } as const;

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ leaf: fc.constant('gradient' as const) }) },
  { weight: 4, arbitrary: fc.record({ leaf: fc.constantFrom('first' as const, 'step' as const, 'scale' as const) }) },
  { weight: 1, arbitrary: fc.record({ leaf: fc.constant('weight' as const) }) },
  { weight: 2, arbitrary: fc.record({ number: fc.constantFrom(0.5, -1, 2) }) },
);
const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ op: fc.constantFrom('tanh', 'sin', 'neg', 'root', 'bell', 'relu'), of: tie('tree') }),
    fc.record({
      op: fc.constantFrom('add', 'sub', 'mul', 'maximum', 'minimum'),
      ...{ left: tie('tree'), right: tie('tree') },
    }),
  ),
}));

/** Whether a tree reads something. */
export function reads(tree: Tree, name: string): boolean {
  if ('leaf' in tree) return tree.leaf === name;
  if ('number' in tree) return false;
  return 'of' in tree ? reads(tree.of, name) : reads(tree.left, name) || reads(tree.right, name);
}

function expression(tree: Tree, values: Readonly<Record<'gradient' | 'first' | 'weight' | 'step', Expr>>): Expr {
  if ('leaf' in tree) return tree.leaf === 'scale' ? sizePower('n', -1) : values[tree.leaf];
  if ('number' in tree) return { op: 'constant', value: tree.number };
  return 'of' in tree
    ? ONE[tree.op](expression(tree.of, values))
    : TWO[tree.op](expression(tree.left, values), expression(tree.right, values));
}

/** The optimizer of a choice. */
export function optimizerOf(choice: RuleChoice): Optimizer {
  if ('optimizer' in choice) return optimizerNamed(choice.optimizer);
  const { q, mean } = choice;
  return defineOptimizer({
    name: 'own',
    source: 'a random function of the gradient',
    learningRate: 0.1,
    hyperparameters: { beta: { value: 0.5, domain: { atLeast: 0, below: 1 }, meaning: 'share of the past' } },
    state: { first: 0 },
    notes: ['size', 'raw'],
    formulas: ({ gradient, weight, step, first, beta }, next) => ({
      first: average(beta, first, gradient),
      raw: expression(q, { gradient, weight, step, first: next.first }),
      size: mean === 'none' ? 1 : meanOver(mean, square(next.raw)),
      update: div(next.raw, add(next.size, 0.5)),
    }),
  });
}

const SCHEDULES = {
  constant: {},
  linear: { steps: 3 },
  cosine: { steps: 3, warmUp: 1, warmUpFrom: 0.5 },
  step: { every: 2, gamma: 0.5 },
  exponential: { gamma: 0.7 },
  'inverse-sqrt': { timescale: 2 },
  polynomial: { steps: 4, power: 2 },
  'cosine-restarts': { steps: 2 },
  'one-cycle': { steps: 4 },
} as const;

/** Settings of a choice for one optimizer, each within its domain. */
export function settingsOf(optimizer: Optimizer, choice: SettingsChoice): Settings {
  const { learningRate, schedule: name, flags, epsilon, decay } = choice;
  const given: Record<string, Setting> = {};
  let bit = 1;
  for (const [key, { value, domain }] of Object.entries(optimizer.hyperparameters)) {
    if (typeof value === 'boolean') given[key] = (flags & bit) !== 0 ? !value : value;
    // What the past keeps: 1 − β of order 1, as a few steps see it.
    else if (domain.atLeast === 0 && domain.below === 1) given[key] = (flags & bit) !== 0 ? 0.6 : value;
    else if (key.startsWith('epsilon')) given[key] = epsilon;
    else continue;
    bit *= 2;
  }
  if (decay !== 'none') given[decay] = 0.05;
  // A state of rprop starts from its rate, which is a number then.
  const factor = schedule(name, SCHEDULES[name as keyof typeof SCHEDULES]); // a key of the table, see `settings`
  const starts = Object.values(optimizer.state).some(({ initial }) => initial === 'learningRate');
  given.learningRate = starts ? learningRate : mul(learningRate, factor);
  return given;
}

const settings: fc.Arbitrary<SettingsChoice> = fc.record({
  learningRate: fc.constantFrom(0.1, 0.03, 0.3),
  schedule: fc.constantFrom(...Object.keys(SCHEDULES)),
  flags: fc.nat(63),
  epsilon: fc.constantFrom(0.1, 0.3),
  decay: fc.oneof(
    { weight: 2, arbitrary: fc.constant('none' as const) },
    { weight: 2, arbitrary: fc.constantFrom('decoupledDecay' as const, 'independentDecay' as const) },
    { weight: 1, arbitrary: fc.constant('coupledDecay' as const) },
  ),
});

/** All but the one whose eigenvectors the oracle alone has. */
const COMPILED = Object.keys(optimizers).filter((name) => name !== 'soap');

/** Any rule of the library, and as often an own one. */
export const rules: fc.Arbitrary<RuleChoice> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ optimizer: fc.constantFrom(...COMPILED), settings }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ q: trees, settings },
      mean: fc.constantFrom('none' as const, 'none' as const, 'entries' as const, 'rows' as const),
    }),
  },
);
