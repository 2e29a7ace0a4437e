/** Pre-training and fine-tuning with what was asked for: plain data, what `--json` prints, and what it says in words. */

import { required } from '../../errors/index.ts';
import {
  type Approach,
  type JunctionCell,
  type JunctionFit,
  type JunctionLine,
  type JunctionQuantity,
  junctionFits,
} from '../../experiments/index.ts';
import { withError } from '../withError.ts';
import type { JunctionRule, PreparedJunction } from './junctionTask.ts';
import type { LimitCommandOptions } from './options.ts';

/** What one rule of fine-tuning did. */
export interface JunctionRuleReport {
  readonly rule: JunctionRule;
  /** Before it is multiplied by n^(-q), as that of signs is. */
  readonly learningRate: number;
  readonly fits: readonly JunctionFit[];
  readonly cells: readonly JunctionCell[];
}

export interface JunctionReport {
  readonly kind: 'pre-training, then fine-tuning';
  readonly net: string;
  readonly parametrization: string;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly pretrain: string;
  readonly steps: number;
  readonly finetune: string;
  readonly finetuneSteps: number;
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly rules: readonly JunctionRuleReport[];
  /** Sentences without their periods. */
  readonly words: readonly string[];
  readonly notes: readonly string[];
}

/** What was found; `cells` by rule, in the order of the prepared problems. */
export function junctionReportOf(
  options: LimitCommandOptions,
  { problems, net, learningRate, pretrain, finetune, notes }: PreparedJunction,
  cells: readonly (readonly JunctionCell[])[],
): JunctionReport {
  const { widths, seeds, seed, steps, finetuneSteps } = options;
  const rules = problems.map(({ finetuning }, k): JunctionRuleReport => {
    const own = required(cells[k], 'networks of a rule');
    return { rule: finetuning.rule, learningRate: finetuning.learningRate, fits: junctionFits(own), cells: own };
  });
  const first = required(problems[0], 'rule of fine-tuning');
  const optimizer = first.pretraining.optimizer;
  return {
    kind: 'pre-training, then fine-tuning',
    net,
    parametrization: first.parametrization.name,
    optimizer: typeof optimizer === 'string' ? optimizer : optimizer.name,
    learningRate,
    pretrain,
    steps,
    finetune,
    finetuneSteps,
    widths,
    seeds,
    seed,
    rules,
    notes,
    words: rules.flatMap(ruleWords),
  };
}

/** Whether a network diverged, whose numbers are left out. */
export const junctionDiverged = ({ rules }: JunctionReport): boolean =>
  rules.some(({ cells }) => cells.some(({ drift, linearization }) => !Number.isFinite(drift + linearization)));

const QUANTITIES: Readonly<Record<JunctionQuantity, string>> = {
  drift: 'the kernel drifts',
  linearization: 'outputs are off their linearization',
};

const RULES: Readonly<Record<JunctionRule, string>> = {
  sgd: 'Gradient descent',
  signsgd: 'Descent along signs, at a rate times n^(-q),',
};

/** So far from −q an exponent may be beside its interval, for widths are finite. */
const BAND = 0.1;

function ruleWords({ rule, fits }: JunctionRuleReport): string[] {
  const natural = fits.filter(({ exponent }) => exponent > 0);
  const unnatural = fits.find(({ exponent }) => exponent === 0);
  const words: string[] = [];
  const lines = natural.flatMap(({ drift, linearization }) => [drift.fall, linearization.fall]);
  if (natural.length > 0) {
    const list = natural
      .map(({ exponent, drift, linearization }) => `q = ${exponent}: ${slope(drift)} and ${slope(linearization)}`)
      .join('; ');
    const follows = lines.every((fall) => fall !== undefined && fall.interval[1] < 0);
    const asSaid = natural.every(({ exponent, drift, linearization }) =>
      [drift.fall, linearization.fall].every(
        (fall) => fall !== undefined && (fall.exponent < -exponent || isAsSaid(fall, -exponent)),
      ),
    );
    const judged = follows
      ? `follows the kernel of the pre-trained network, the closer the wider it is${asSaid ? ', as n^(-q) or faster' : ', though not in every case as fast as n^(-q)'}`
      : 'is not seen to follow the kernel more closely as networks grow: give more --seeds, or wider --widths';
    words.push(
      `${RULES[rule]} on a natural task ${judged} (kernel drift and linearization error fall with the exponents, ${list})`,
    );
  }
  if (unnatural !== undefined) {
    const widest = (line: JunctionLine): string => percentText(line.points.at(-1)?.value);
    const stays = [unnatural.drift, unnatural.linearization].every(
      ({ fall }) => fall !== undefined && isAsSaid(fall, 0),
    );
    words.push(
      `${RULES[rule]} on an unnatural one (q = 0, the error signal stays) ${stays ? 'does not' : 'may come closer to it too'}: at the widest ${QUANTITIES.drift} by ${widest(unnatural.drift)}, and ${QUANTITIES.linearization} by ${widest(unnatural.linearization)}, with the exponents ${slope(unnatural.drift)} and ${slope(unnatural.linearization)}`,
    );
  }
  return words;
}

/** Whether an exponent is what is expected, within its interval or a band. */
const isAsSaid = ({ exponent, interval: [low, high] }: Approach, expected: number): boolean =>
  Math.abs(exponent - expected) <= BAND || (low <= expected && expected <= high);

const slope = ({ fall }: JunctionLine): string => (fall === undefined ? '–' : fall.exponent.toFixed(2));
const percentText = (value: number | undefined): string =>
  value === undefined ? '–' : `${(100 * value).toPrecision(2)} %`;

/** `0.0207 ± 0.0045`: a geometric mean with the error of its logarithm times it. */
export const pointText = ({ value, logError }: JunctionLine['points'][number]): string =>
  withError(value, value * logError);

/** `-0.21 (95 %: -0.26 to -0.16)`. */
export const fallText = ({ fall }: JunctionLine): string =>
  fall === undefined
    ? '–'
    : `${fall.exponent.toFixed(2)} (95 %: ${fall.interval[0].toFixed(2)} to ${fall.interval[1].toFixed(2)})`;
