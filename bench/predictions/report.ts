/** The predictions bench as tables. */

import { table } from '../../src/cli/table.ts';
import { at } from '../../src/numeric/index.ts';
import { machineLine } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import { failures, type PredictionsResult } from './bench.ts';

/** A table for each network, and below it what its figures say. */
export function predictionsReport(result: PredictionsResult, steps: readonly number[], where: Environment): string {
  const parts = result.cases.map(({ activation, widths, exponents, solver }) => {
    const rows = widths.map(({ width, seeds, mean, standardError, seconds }) => [
      `${width}`,
      `${seeds}`,
      ...mean.map((own, k) => `${own.toFixed(4)} ± ${at(standardError, k).toFixed(4)}`),
      `${seconds.toFixed(0)} s`,
    ]);
    const fitted = exponents.map(({ low, high }) => `${low.toFixed(2)} to ${high.toFixed(2)}`);
    return [
      `${activation}: distance of trained networks from their predictions, over how far outputs have come`,
      table(
        ['width', 'networks', ...steps.map((own) => `${own} ${own === 1 ? 'step' : 'steps'}`), 'time'],
        [...rows, ['exponent', '', ...fitted, '']],
      ),
      `end of training and a dense solver: ${solver.toExponential(1)} apart`,
    ].join('\n');
  });
  const missed = failures(result);
  return [...parts, ...(missed.length === 0 ? ['met'] : missed), result.source, machineLine(where)].join('\n');
}
