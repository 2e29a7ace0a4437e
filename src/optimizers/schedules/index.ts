/** The schedules by name, each written once. Each names its source; that they are expressions is ours. */

import { add, constant, div, type Expr, minimum, mul, pow, sub, unary } from '../../program/index.ts';
import { choose } from '../common.ts';
import { unknownSchedule } from '../errors.ts';
import { atLeast, cosineBetween, done, line, wholePeriods } from './parts.ts';
import { factorOf, type Schedule, type ScheduleSetting, type ScheduleSettings } from './schedule.ts';

export type { Schedule, ScheduleSetting, ScheduleSettings } from './schedule.ts';

const steps = (meaning: string): ScheduleSetting => ({ domain: { atLeast: 1, whole: true }, meaning });
const END: ScheduleSetting = { value: 0, domain: { atLeast: 0 }, meaning: 'the factor at the end' };
const STEPS = steps('how many steps it takes');
const GAMMA = { domain: { above: 0 }, meaning: 'γ, the factor of each fall' } as const;

const constantSchedule: Schedule = {
  name: 'constant',
  source: 'torch.optim.lr_scheduler.ConstantLR(factor=1)',
  settings: {},
  factor: () => constant(1),
};

const linear: Schedule = {
  name: 'linear',
  source: 'torch.optim.lr_scheduler.LinearLR',
  settings: { steps: STEPS, start: { value: 1, domain: { atLeast: 0 }, meaning: 'the factor at the start' }, end: END },
  factor: (t, { steps: total = 1, start = 1, end = 0 }) => line(start, end, minimum(t, total), total),
};

/** As in PyTorch the cosine goes on, and up again, after its half period; `hold` keeps it at the end. */
const cosine: Schedule = {
  name: 'cosine',
  source: 'Loshchilov & Hutter 2017, arXiv 1608.03983; torch.optim.lr_scheduler.CosineAnnealingLR',
  settings: { steps: STEPS, end: END, hold: { value: false, domain: {}, meaning: 'stay at the end once there' } },
  factor: (t, { steps: total = 1, end = 0, hold }) =>
    cosineBetween(1, end, hold === 1 ? done(t, total) : div(t, total)),
};

/** No run is this long. */
const FAR = 2 ** 31;

const cosineRestarts: Schedule = {
  name: 'cosine-restarts',
  source: 'Loshchilov & Hutter 2017, arXiv 1608.03983; torch.optim.lr_scheduler.CosineAnnealingWarmRestarts',
  settings: {
    steps: steps('how many steps the first period takes'),
    growth: { value: 1, domain: { atLeast: 1, whole: true }, meaning: 'how many times longer each period is' },
    end: END,
  },
  factor: (t, { steps: first = 1, growth = 1, end = 0 }) => {
    if (growth === 1) return cosineBetween(1, end, div(sub(t, mul(first, wholePeriods(t, first))), first));
    let [start, length]: [Expr, Expr] = [constant(0), constant(first)];
    for (let at = first, period = first; at < FAR; at += period * growth, period *= growth) {
      start = add(start, mul(period, atLeast(t, at)));
      length = add(length, mul(period * (growth - 1), atLeast(t, at)));
    }
    return cosineBetween(1, end, div(sub(t, start), length));
  },
};

const step: Schedule = {
  name: 'step',
  source: 'torch.optim.lr_scheduler.StepLR',
  settings: { every: steps('how many steps lie between falls'), gamma: { ...GAMMA, value: 0.1 } },
  factor: (t, { every = 1, gamma = 1 }) => pow(gamma, wholePeriods(t, every)),
};

const exponential: Schedule = {
  name: 'exponential',
  source: 'torch.optim.lr_scheduler.ExponentialLR',
  settings: { gamma: GAMMA },
  factor: (t, { gamma = 1 }) => pow(gamma, t),
};

const polynomial: Schedule = {
  name: 'polynomial',
  source: 'torch.optim.lr_scheduler.PolynomialLR',
  settings: { steps: STEPS, power: { value: 1, domain: { above: 0 }, meaning: 'the power of what is left' }, end: END },
  factor: (t, { steps: total = 1, power = 1, end = 0 }) => add(end, mul(1 - end, pow(sub(1, done(t, total)), power))),
};

const inverseSqrt: Schedule = {
  name: 'inverse-sqrt',
  source:
    'Vaswani et al. 2017, arXiv 1706.03762, equation 3, after the warm-up; transformers.get_inverse_sqrt_schedule',
  settings: {
    timescale: { domain: { above: 0 }, meaning: 'τ, after how many steps the factor is √½; Vaswani: as the warm-up' },
  },
  factor: (t, { timescale = 1 }) => unary('sqrt', div(timescale, add(timescale, t))),
};

/** Up along half a cosine and down along another; after its steps, where PyTorch stops with an error, it stays down. */
const oneCycle: Schedule = {
  name: 'one-cycle',
  source: 'Smith & Topin 2018, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR',
  settings: {
    steps: STEPS,
    rise: { value: 0.3, domain: { above: 0, below: 1 }, meaning: 'the share of the steps that go up' },
    divisor: { value: 25, domain: { above: 0 }, meaning: 'the start is 1 over this' },
    finalDivisor: { value: 1e4, domain: { above: 0 }, meaning: 'the end is the start over this' },
  },
  factor: (t, { steps: total = 1, rise = 0.3, divisor = 25, finalDivisor = 1e4 }) => {
    const [top, last] = [rise * total - 1, total - 1];
    const down = cosineBetween(1, 1 / divisor / finalDivisor, div(sub(minimum(t, last), top), last - top));
    if (top <= 0) return down;
    const up = cosineBetween(1 / divisor, 1, div(t, top));
    return choose(unary('step', sub(t, top)), down, up);
  },
};

const ALL = [
  constantSchedule,
  linear,
  cosine,
  cosineRestarts,
  step,
  exponential,
  polynomial,
  inverseSqrt,
  oneCycle,
] as const;

/** Every schedule by its name. */
export const schedules: Readonly<Record<string, Schedule>> = Object.fromEntries(ALL.map((one) => [one.name, one]));

/**
 * The factor of a schedule, an expression in the number of steps done (argument 0), to be multiplied with a rate:
 *
 * ```ts
 * import { schedule } from 'nexort/optimizers';
 * import { mul } from 'nexort/program';
 *
 * const settings = { learningRate: mul(0.1, schedule('cosine', { steps: 1000, warmUp: 50 })) };
 * ```
 *
 * Throws {@link UserError} `optimizers.unknown-schedule`, which suggests the nearest name, and `optimizers.settings`.
 */
export function schedule(name: string, settings: ScheduleSettings = {}): Expr {
  const found = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (found === undefined) throw unknownSchedule(name, Object.keys(schedules));
  return factorOf(found, settings);
}
