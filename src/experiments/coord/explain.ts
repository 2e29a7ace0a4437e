/** Mistakes that explain a network's measurements, found by training with each of them. */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { at } from '../../numeric/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { equal, exponentsFor, type Parametrization, type UpdateRule } from '../../parametrizations/index.ts';
import type { LossName } from '../../training/index.ts';
import type { Mistake } from './causes.ts';
import { type Product, withEffects } from './effects.ts';
import { cleanStep } from './findings.ts';
import { knobbedStep } from './knobs.ts';
import { fitSizes, type MeasureOptions, type Runs } from './measure.ts';
import { candidatesOf, takenBack } from './mistakes.ts';
import { type Expected, isMaximal, type Predictor } from './predict.ts';
import { type Row, valuesOf } from './rows.ts';
import { fittingTrials, type Trial } from './trial.ts';

export interface ExplainOptions extends Omit<MeasureOptions, 'steps' | 'onRun'> {
  readonly net: Net;
  /** What predicts, and what was measured. */
  readonly parametrization: Parametrization;
  readonly actual: Parametrization;
  readonly optimizer: Optimizer;
  readonly rule: UpdateRule;
  readonly settings: Settings;
  readonly loss: LossName;
  readonly rows: readonly Row[];
  readonly products: readonly Product[];
  readonly runs: Runs;
  readonly predictor: (parametrization: Parametrization) => Predictor;
  readonly onTrial?: (share: number) => void;
}

/**
 * Where the network was trained in another parametrization than predicts: single mistakes in the predicting one with which
 * sizes come out as measured. Else the mistake is in the network itself or in the parametrization: single changes with
 * which sizes come out as expected, told as the mistakes that they take back.
 */
export async function explainByTraining(options: ExplainOptions): Promise<readonly (readonly Mistake[])[]> {
  const { net, parametrization, actual, optimizer, rule, settings, loss, predictor, onTrial } = options;
  const { rows, products } = options;
  const outputs = valuesOf(rows, products);
  const program = withEffects(knobbedStep(net, parametrization, { optimizer, settings, loss, outputs }), products);
  const order = options.widths.map((_, k) => k).sort((i, j) => at(options.widths, i) - at(options.widths, j));
  const widths = order.map((k) => at(options.widths, k));
  const runs = order.map((k) => required(options.runs[k], `runs at width ${options.widths[k]}`));
  const paired = !same(net, parametrization, actual);
  const measured = new Map(rows.map((row) => [row, fitSizes(runs, widths, row, cleanStep(row)).exponent]));
  const asMeasured = (row: Row): Expected => ({ exponent: measured.get(row), atMost: false });
  // Another parametrization than the maximal one may itself be the mistake; what it should be is what its correction is.
  const maximal = isMaximal(parametrization, net, rule);
  const trials = candidatesOf(net, { zeros: paired }).map((candidate): Trial => {
    if (paired) return { candidate, shifts: candidate.shifts, expected: asMeasured, rank: 0 };
    const target = maximal ? parametrization : candidate.corrected(parametrization);
    const rank = isMaximal(target, net, rule) ? 0 : 1;
    return { candidate, shifts: takenBack(candidate.shifts), expected: predictor(target), rank };
  });
  const found = await fittingTrials(trials, {
    ...options,
    program,
    rows,
    runs,
    widths,
    paired,
    ...(onTrial === undefined ? {} : { onTrial }),
  });
  return found.map(({ mistakes }) => mistakes);
}

/** Do two parametrizations give a network's parameters the same exponents? */
function same(net: Net, one: Parametrization, other: Parametrization): boolean {
  return (
    equal(one.out, other.out) &&
    net.parameters.every((parameter) => {
      const [x, y] = [exponentsFor(one, parameter), exponentsFor(other, parameter)];
      return (['a', 'b', 'c', 'd'] as const).every((name) => equal(x[name], y[name]));
    })
  );
}
