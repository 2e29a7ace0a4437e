/**
 * The coordinate check as a verdict: sizes of a network's coordinates over widths and steps, their exponents, and whether
 * they are what the parametrization predicts (IVb 2.8; theory 6) and stable.
 */

import type { Net } from '../../nets/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { type Parametrization, updateRule } from '../../parametrizations/index.ts';
import { gradientName, type Sizes, type Tensors } from '../../program/index.ts';
import { type LossName, trainingStep } from '../../training/index.ts';
import { tooFewWidths } from '../check/errors.ts';
import type { FiniteRun } from '../check/finite.ts';
import { explain } from './causes.ts';
import { fitSizes, measure } from './measure.ts';
import { classified, type Expected, type Predictor, stable } from './predict.ts';
import { type CoordFinding, type CoordResult, type Measured, QUANTITIES } from './result.ts';

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
  readonly run: FiniteRun;
  readonly onProgress?: (share: number) => void;
}

const WIDTHS = [64, 128, 256, 512, 1024];
const [SEEDS, STEPS] = [8, 3];

/** How far a measured exponent may be from the predicted one: corrections of lower order at these widths, and errors. */
const BAND = 0.2;
const ERRORS = 3;
/** Above this, sizes grow. */
const GROWTH = 0.2;

/** Checks a network's coordinates. Throws {@link UserError} `experiments.too-few-widths`. */
export async function coordinateCheck(options: CoordOptions): Promise<CoordResult> {
  const { net, parametrization, actual = parametrization, optimizer, settings = {}, loss = 'squared' } = options;
  const {
    widths = WIDTHS,
    seeds = SEEDS,
    seed = 0,
    steps = STEPS,
    sizes = {},
    data,
    run,
    onProgress = () => {},
  } = options;
  if (new Set(widths).size < 3) throw tooFewWidths(widths);
  const inputs = net.layers.map(({ parameter }) => updateInput(parameter));
  // Layers that share a weight share what its update sees.
  const outputs = [...new Set([...net.layers.map(({ preactivation }) => preactivation), ...inputs])];
  const program = trainingStep(net, { parametrization: actual, optimizer, settings, loss, outputs });
  const work = seeds * widths.reduce((sum, width) => sum + width ** 2, 0);
  let done = 0;
  const onRun = (width: number): void => {
    done += width ** 2;
    onProgress(done / work);
  };
  const runs = await measure(program, { widths, seeds, seed, steps, symbol: 'n', data, sizes, run, onRun });
  const rule = updateRule(optimizer.name);
  const predictor = (p: Parametrization): Predictor =>
    net.depth === undefined ? stable(p, net, rule) : classified(p, net.depth, rule, loss);
  const predicted = predictor(parametrization);
  const measured = net.layers.flatMap(({ name, preactivation, parameter }, k) =>
    QUANTITIES.flatMap((quantity) =>
      Array.from({ length: steps + 1 }, (_, step): Measured => {
        const output = quantity === 'update input' ? updateInput(parameter) : preactivation;
        const fit = fitSizes(
          runs,
          widths,
          (series) => (quantity === 'change' ? series[output]?.change[step] : series[output]?.value[step]) ?? 0,
        );
        const expected = predicted(k, { quantity, step });
        return {
          layer: name,
          quantity,
          step,
          ...fit,
          ...(expected.exponent === undefined ? {} : { predicted: expected.exponent }),
          agrees: agrees(fit, expected),
        };
      }),
    ),
  );
  // Where growth is predicted, powers after the first step are sums of several, and only that they grow is told.
  const unstable = measured.some(predictedToGrow);
  const all = measured
    .filter((one) => one.agrees || !unstable || one.step === 0)
    .concat(unstable ? measured.filter((one) => !one.agrees && one.step > 0 && predictedToGrow(one) && grows(one)) : [])
    .flatMap(findingsOf);
  // What goes wrong first; the rest follows from it.
  const first = Math.min(...all.map(({ step }) => step));
  const findings = all.filter(({ step }) => step === first);
  const differs = findings.some(({ kind }) => kind === 'differs');
  const causes =
    differs && net.depth !== undefined
      ? explain(parametrization, net, (candidate) => {
          const predictedBy = predictor(candidate);
          return measured.filter(isClean).every((one) => {
            const k = net.layers.findIndex(({ name }) => name === one.layer);
            return agrees(one, predictedBy(k, one));
          });
        })
      : undefined;
  return {
    verdict: findings.length === 0 ? 'pass' : 'fail',
    parametrization: parametrization.name,
    optimizer: optimizer.name,
    widths,
    seeds,
    steps,
    measured,
    findings,
    ...(causes === undefined ? {} : { causes }),
  };
}

/**
 * Whether a measurement tells exponents apart by itself: sizes at initialization, and what the first step changes. Later
 * ones carry the constants of everything before, which unstable networks take long to forget.
 */
function isClean({ quantity, step }: Measured): boolean {
  return quantity === 'change' ? step === 1 : step === 0;
}

/** The name of what an update sees of a parameter's gradient. */
const updateInput = gradientName;

function agrees(
  { exponent, standardError = 0 }: Pick<Measured, 'exponent' | 'standardError'>,
  expected: Expected,
): boolean {
  if (exponent === undefined || expected.exponent === undefined) return exponent === expected.exponent;
  const band = BAND + ERRORS * standardError;
  const above = exponent - expected.exponent;
  return above <= band && (expected.atMost || above >= -band);
}

function predictedToGrow({ quantity, predicted = 0 }: Measured): boolean {
  return quantity !== 'update input' && predicted > GROWTH;
}

function grows({ exponent = 0 }: Measured): boolean {
  return exponent > GROWTH;
}

/** What is wrong with one measurement: another exponent than predicted, or growth, though predicted. */
function findingsOf(one: Measured): CoordFinding[] {
  const { layer, quantity, step, exponent, standardError = 0, predicted } = one;
  const interval =
    exponent === undefined ? undefined : ([exponent - 2 * standardError, exponent + 2 * standardError] as const);
  const base = { layer, quantity, step, predicted, measured: exponent, interval };
  const when = step === 0 ? 'at initialization' : `after ${step} ${step === 1 ? 'step' : 'steps'}`;
  if (predictedToGrow(one) && grows(one)) {
    return [
      { ...base, kind: 'unstable', text: `${layer}: ${quantity} ${when} grows like ${power(exponent)}, as predicted` },
    ];
  }
  if (one.agrees) return [];
  const text = `${layer}: ${quantity} ${when} is of size ${power(exponent)}, predicted ${power(predicted)}`;
  return [{ ...base, kind: 'differs', text }];
}

const power = (exponent: number | undefined): string => (exponent === undefined ? '0' : `n^${exponent.toFixed(2)}`);
