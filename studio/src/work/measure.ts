/** Exponents of small networks in a parametrization, measured: sizes over a few widths, by the coordinate check. */

import { type CoordResult, coordinateCheck } from 'nexort/experiments';
import { interpretedStepper } from 'nexort/finite';
import { mlp } from 'nexort/nets';
import { stream } from 'nexort/numeric';
import { ruleOf } from 'nexort/parametrizations';
import { tensor } from 'nexort/program';
import { interpret } from 'nexort/reference';
import { type Columns, ofColumns } from '../problem/exponents.ts';
import { optimizerOf } from '../problem/rules.ts';
import { MEASURE_SEEDS, MEASURE_STEPS, MEASURE_WIDTHS } from './measureSettings.ts';

export interface MeasureJob {
  readonly columns: Columns;
  readonly depth: number;
  readonly optimizer: string;
}

export type MeasureJobs = {
  readonly measure: { readonly given: MeasureJob; readonly part: number; readonly gives: CoordResult };
};

/** Random examples, and rates by whether updates are linear in gradients: those of the command. */
const [BATCH, INPUT, RATE, PROPORTIONAL_RATE] = [16, 8, 0.01, 0.1] as const;

/** Trains the networks. Throws {@link UserError} as `coordinateCheck`, and of what is no optimizer. */
export function measureExponents(
  { columns, depth, optimizer: given }: MeasureJob,
  tell: (share: number) => void = () => {},
): Promise<CoordResult> {
  const { optimizer, settings } = optimizerOf(given);
  const { linear } = ruleOf(optimizer, { settings });
  const normals = (name: string, count: number): Float64Array => Float64Array.from(stream(0, name).normals(count));
  return coordinateCheck({
    net: mlp({ depth }),
    parametrization: ofColumns(columns),
    optimizer,
    settings: { ...settings, learningRate: linear ? PROPORTIONAL_RATE : RATE },
    data: {
      x: tensor(['batch', 'input'], [BATCH, INPUT], normals('inputs', BATCH * INPUT)),
      target: tensor(['batch'], [BATCH], normals('targets', BATCH)),
    },
    sizes: { batch: BATCH, input: INPUT },
    ...{ widths: MEASURE_WIDTHS, seeds: MEASURE_SEEDS, steps: MEASURE_STEPS },
    stepper: interpretedStepper(interpret),
    onProgress: tell,
  });
}
