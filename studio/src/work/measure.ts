/** Exponents of small networks in a parametrization, measured: sizes over a few widths, by the coordinate check. */

import { type CoordResult, coordinateCheck, randomExamples } from 'nexort/experiments';
import { interpretedStepper } from 'nexort/finite';
import { mlp } from 'nexort/nets';
import { ruleOf } from 'nexort/parametrizations';
import { interpret } from 'nexort/reference';
import { type Columns, ofColumns } from '../problem/exponents.ts';
import { optimizerOf } from '../problem/rules.ts';
import {
  MEASURE_BATCH,
  MEASURE_INPUT,
  MEASURE_PROPORTIONAL_RATE,
  MEASURE_RATE,
  MEASURE_SEEDS,
  MEASURE_STEPS,
  MEASURE_WIDTHS,
} from './measureSettings.ts';

export interface MeasureJob {
  readonly columns: Columns;
  readonly depth: number;
  readonly optimizer: string;
}

export type MeasureJobs = {
  readonly measure: { readonly given: MeasureJob; readonly part: number; readonly gives: CoordResult };
};

/** Trains the networks. Throws {@link UserError} as `coordinateCheck`, and of what is no optimizer. */
export function measureExponents(
  { columns, depth, optimizer: given }: MeasureJob,
  tell: (share: number) => void = () => {},
): Promise<CoordResult> {
  const { optimizer, settings } = optimizerOf(given);
  const { linear } = ruleOf(optimizer, { settings });
  return coordinateCheck({
    net: mlp({ depth }),
    parametrization: ofColumns(columns),
    optimizer,
    settings: { ...settings, learningRate: linear ? MEASURE_PROPORTIONAL_RATE : MEASURE_RATE },
    data: randomExamples({ batch: MEASURE_BATCH, input: MEASURE_INPUT, seed: 0 }),
    sizes: { batch: MEASURE_BATCH, input: MEASURE_INPUT },
    ...{ widths: MEASURE_WIDTHS, seeds: MEASURE_SEEDS, steps: MEASURE_STEPS },
    stepper: interpretedStepper(interpret),
    onProgress: tell,
  });
}
