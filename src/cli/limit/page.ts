/** A limit of training as the figures and the page of the report show it. */

import { required } from '../../errors/index.ts';
import type { LimitResult } from '../../experiments/index.ts';
import type { LimitFigureData, LimitReportData } from '../../report/index.ts';
import { madeBy } from '../reportFile.ts';
import type { PreparedLimit } from './prepare.ts';
import type { LimitReport } from './result.ts';
import { limitWords } from './words.ts';

/** What figures show. */
export function limitFigureData({ problem }: PreparedLimit, report: LimitReport, result: LimitResult): LimitFigureData {
  const { net, parametrization, optimizer, data } = report;
  const title = `${net} in ${parametrization} with ${optimizer} on ${data}`;
  if (problem.loss === 'cross-entropy') return { result, title };
  return { result, title, targets: Array.from(required(problem.data.target, 'targets').data, Number) };
}

/** What the report shows. */
export function limitPageData(prepared: PreparedLimit, report: LimitReport, result: LimitResult): LimitReportData {
  const { notes, batches, examples, smooth } = report;
  const setting = (name: string, value: string | number) => ({ name, value: String(value) });
  return {
    ...limitFigureData(prepared, report, result),
    kernels: report.tangentKernel,
    edge: report.edge,
    weights: report.weights,
    features: report.features,
    beside: report.beside,
    words: limitWords(report),
    warnings: notes,
    settings: [
      setting('network', report.net),
      setting('parametrization', report.parametrization),
      setting('base width', report.baseWidth),
      setting('optimizer', report.optimizer),
      ...(smooth === null ? [] : [setting('ε', smooth ? 'under the root, √(v + ε²)' : 'beside the root, √v + ε')]),
      setting('learning rate', report.learningRate),
      setting('loss', `${report.loss}, ${report.reduction} over a batch`),
      setting('data', `${report.data}, ${examples} examples, ${new Set(batches.flat()).size} of them trained on`),
      setting('batches', batches.length === 1 ? 'one, in each step' : `${batches.length} in turn`),
      setting(
        'samplings',
        `${report.scramblings}, ${report.extrapolated ? 'extrapolated in 1/n' : 'not extrapolated'}`,
      ),
      setting('first seed', report.seed),
    ],
    made: madeBy(),
  };
}
