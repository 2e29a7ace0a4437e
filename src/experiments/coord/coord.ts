/**
 * The coordinate check as a verdict: sizes of a network's coordinates over widths and steps, their exponents, and whether
 * they are what the parametrization predicts (IVb 2.8; theory 6) and stable.
 */

import type { Net } from '../../nets/index.ts';
import type { Optimizer, Settings } from '../../optimizers/index.ts';
import { type Parametrization, ruleOf } from '../../parametrizations/index.ts';
import { type Sizes, symbolsOf, type Tensors } from '../../program/index.ts';
import { type LossName, type MakeStepper, trainingStep } from '../../training/index.ts';
import { tooFewWidths } from '../check/errors.ts';
import { checkMemory } from '../check/memory.ts';
import { checkSeeds } from '../start.ts';
import { alignmentsOf, withAlignment } from './alignment.ts';
import { explain } from './causes.ts';
import { withEffects } from './effects.ts';
import { explainByTraining } from './explain.ts';
import { cleanStep, doubtsOf, firstFindings, type Told, withCauses } from './findings.ts';
import { differs, intervalOf, judge } from './judge.ts';
import { fitSizes, measure } from './measure.ts';
import { classified, type Expected, type Predictor, stable } from './predict.ts';
import type { CoordResult, Measured } from './result.ts';
import { type Row, rowsOf, valuesOf } from './rows.ts';
import { settingCauses } from './settingCauses.ts';
import { scoresOf } from './structure.ts';

/** What `coordinateCheck` trains, in which parametrization, over which widths. */
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
  /** Whether alignment of weights with what they multiply is measured as well. */
  readonly alignment?: boolean;
  /** Most bytes of the process; default no limit. */
  readonly memory?: number;
  /** Makes what trains the networks. */
  readonly stepper: MakeStepper;
  readonly onProgress?: (share: number) => void;
  /** Told of the search for causes, where the network is trained once more with each. */
  readonly onTrial?: (share: number) => void;
}

const WIDTHS = [64, 128, 256, 512, 1024];
const [SEEDS, STEPS] = [8, 3];

/**
 * Checks a network's coordinates. Throws {@link UserError} `experiments.too-few-widths`, `experiments.bad-seed`,
 * `experiments.too-large`.
 */
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
  const stepped = withEffects(plain, products);
  const program = options.alignment === true ? withAlignment(stepped, products) : stepped;
  if (options.memory !== undefined)
    checkMemory(program, widths, 'n', symbolsOf(program, { ...sizes, n: Math.max(...widths) }, data), options.memory);
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
      const interval = intervalOf(fit);
      const measured = {
        layer: row.layer,
        quantity: row.quantity,
        step,
        ...fit,
        ...(interval === undefined ? {} : { interval }),
        ...(expected.exponent === undefined ? {} : { predicted: expected.exponent }),
        bound: expected.atMost,
        judgement: judge(fit, expected),
      };
      return { row, measured };
    }),
  );
  const found = firstFindings(told);
  const doubts = doubtsOf(told.map(({ measured }) => measured));
  // A single mistake shows at the start, or in what the first update does; later on it may be anything.
  const clean = told.filter(({ row, measured }) => measured.step === cleanStep(row));
  const causes = !found.some(({ finding }) => finding.kind === 'differs')
    ? undefined
    : !clean.some(({ measured }) => measured.judgement === 'differs')
      ? []
      : net.depth !== undefined
        ? await explain(parametrization, net, (candidate) => {
            const predictedBy = predictor(candidate);
            return clean.every(({ row, measured }) => explains(row, measured, predictedBy(row, measured.step)));
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
    verdict: found.length > 0 ? 'fail' : doubts.length > 0 ? 'unclear' : 'pass',
    parametrization: parametrization.name,
    optimizer: optimizer.name,
    widths,
    seeds,
    steps,
    measured: told.map(({ measured }) => measured),
    ...(options.alignment === true
      ? {
          alignment: alignmentsOf(stepped, products, runs, {
            widths,
            steps,
            sizes,
            data,
            symbol: 'n',
          }),
        }
      : {}),
    findings: withCauses(found, causes ?? []),
    doubts,
    ...(found.length === 0
      ? {}
      : {
          settings: settingCauses(told, {
            net,
            parametrization: actual,
            optimizer,
            rule,
            settings,
            program: plain,
            widths,
            sizes,
            data,
          }),
        }),
    ...(causes === undefined ? {} : { causes: causes.map((group) => group.map(({ text }) => text)) }),
  };
}

/** Whether what is expected under a mistake is what was measured. */
function explains({ changes }: Row, measured: Measured, expected: Expected): boolean {
  // A change that grows is a sum of several powers, of which the largest has not won yet; what it is made of is clean.
  if (changes && (expected.exponent ?? 0) > 0) return (measured.exponent ?? 0) > 0;
  return !differs(measured, expected);
}
