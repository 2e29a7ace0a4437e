/**
 * The coordinate check as a verdict: sizes of a network's coordinates over widths and steps, their exponents, and whether
 * they are what the parametrization predicts (IVb 2.8; theory 6) and stable.
 */

import type { Net } from '../../nets/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { type Parametrization, ruleOf } from '../../parametrizations/index.ts';
import type { Sizes, Tensors } from '../../program/index.ts';
import { type LossName, type MakeStepper, trainingStep } from '../../training/index.ts';
import { tooFewWidths } from '../check/errors.ts';
import { checkSeeds } from '../start.ts';
import { explain } from './causes.ts';
import { withEffects } from './effects.ts';
import { explainByTraining } from './explain.ts';
import { agrees, cleanStep, firstFindings, type Told, withCauses } from './findings.ts';
import { fitSizes, measure } from './measure.ts';
import { classified, type Predictor, stable } from './predict.ts';
import type { CoordResult } from './result.ts';
import { rowsOf, valuesOf } from './rows.ts';
import { scoresOf } from './structure.ts';

export interface CoordOptions {
  readonly net: Net;
  /** What the network is meant to be trained in: what predicts. */
  readonly parametrization: Parametrization;
  /** What it is trained in, where that may differ; default the same. */
  readonly actual?: Parametrization;
  readonly optimizer: Optimizer;
  readonly settings?: Settings;
  readonly loss?: LossName;
  /** Inputs and targets: the same at all widths. */
  readonly data: Tensors;
  readonly sizes?: Sizes;
  readonly widths?: readonly number[];
  readonly seeds?: number;
  readonly seed?: number;
  /** Updates; default 3. */
  readonly steps?: number;
  /** Makes what trains the networks. */
  readonly stepper: MakeStepper;
  readonly onProgress?: (share: number) => void;
  /** Told of the search for causes, where the network is trained once more with each. */
  readonly onTrial?: (share: number) => void;
}

const WIDTHS = [64, 128, 256, 512, 1024];
const [SEEDS, STEPS] = [8, 3];

/** Checks a network's coordinates. Throws {@link UserError} `experiments.too-few-widths`, `experiments.bad-seed`. */
export async function coordinateCheck(options: CoordOptions): Promise<CoordResult> {
  const { net, parametrization, actual = parametrization, optimizer, settings = {}, loss = 'squared' } = options;
  const {
    widths = WIDTHS,
    seeds = SEEDS,
    seed = 0,
    steps = STEPS,
    sizes = {},
    data,
    stepper,
    onProgress = () => {},
  } = options;
  if (new Set(widths).size < 3) throw tooFewWidths(widths);
  checkSeeds(seed, seeds);
  const rule = ruleOf(optimizer, { settings });
  const { rows, products } = rowsOf(net);
  // Layers that share a weight share what its update sees.
  const outputs = valuesOf(rows, products);
  const plain = trainingStep(net, { parametrization: actual, optimizer, settings, loss, outputs });
  const program = withEffects(plain, products);
  const work = seeds * widths.reduce((sum, width) => sum + width ** 2, 0);
  let done = 0;
  const onRun = (width: number): void => {
    done += width ** 2;
    onProgress(done / work);
  };
  const scores = new Set(scoresOf(net).map(({ value }) => value));
  const drawn = { widths, seeds, seed, symbol: 'n', data, sizes, scores, stepper };
  const runs = await measure(program, { ...drawn, steps, onRun });
  const predictor = (p: Parametrization): Predictor =>
    net.depth === undefined ? stable(p, net, { rule, loss }) : classified(p, net.depth, rule, loss);
  const predicted = predictor(parametrization);
  const told = rows.flatMap((row) =>
    Array.from({ length: steps + 1 }, (_, step): Told => {
      const fit = fitSizes(runs, widths, row, step);
      const expected = predicted(row, step);
      const measured = {
        layer: row.layer,
        quantity: row.quantity,
        step,
        ...fit,
        ...(expected.exponent === undefined ? {} : { predicted: expected.exponent }),
        agrees: agrees(fit, expected),
      };
      return { row, measured };
    }),
  );
  const found = firstFindings(told);
  const differs = found.some(({ finding }) => finding.kind === 'differs');
  const causes = !differs
    ? undefined
    : net.depth !== undefined
      ? await explain(parametrization, net, (candidate) => {
          const predictedBy = predictor(candidate);
          return told
            .filter(({ row, measured }) => measured.step === cleanStep(row))
            .every(({ row, measured }) => agrees(measured, predictedBy(row, measured.step)));
        })
      : await explainByTraining({
          net,
          parametrization,
          actual,
          optimizer,
          rule,
          settings,
          loss,
          rows,
          products,
          runs,
          predictor,
          ...drawn,
          ...(options.onTrial === undefined ? {} : { onTrial: options.onTrial }),
        });
  return {
    verdict: found.length === 0 ? 'pass' : 'fail',
    parametrization: parametrization.name,
    optimizer: optimizer.name,
    widths,
    seeds,
    steps,
    measured: told.map(({ measured }) => measured),
    findings: withCauses(found, causes ?? []),
    ...(causes === undefined ? {} : { causes: causes.map((group) => group.map(({ text }) => text)) }),
  };
}
