/** Pre-training, then fine-tuning, as a person reads it. */

import type { JunctionFit, JunctionQuantity } from '../../experiments/index.ts';
import { aligned } from '../table.ts';
import { fallText, type JunctionReport, type JunctionRuleReport, pointText } from './junctionResult.ts';
import { updates } from './words.ts';

const TITLES: Readonly<Record<JunctionQuantity, string>> = {
  drift: 'drift of the kernel, ‖K_T − K_0‖ / ‖K_0‖',
  linearization: 'linearization error, ‖f_T − f_0 − ⟨∇f_0, θ_T − θ_0⟩‖ / ‖f_T − f_0‖',
};

/** Tables by rule and quantity, and the verdict. */
export function junctionSummary(report: JunctionReport): string {
  const { net, parametrization, optimizer, learningRate, pretrain, steps, finetune, finetuneSteps, seeds, notes } =
    report;
  const head =
    `${net} in ${parametrization}\n` +
    `pre-trained on ${pretrain}: ${updates(steps)} of ${optimizer}, learning rate ${learningRate}\n` +
    `then on ${finetune}: ${updates(finetuneSteps)}, from an error signal of n^(-q) times its targets; ${seeds} networks of each width` +
    notes.map((note) => `\nnote: ${note}`).join('');
  const tables = report.rules.flatMap((rule) => [quantityTable(rule, 'drift'), quantityTable(rule, 'linearization')]);
  return `${[head, ...tables, report.words.map((sentence) => `${sentence}.`).join('\n')].join('\n\n')}\n`;
}

function quantityTable({ rule, learningRate, fits }: JunctionRuleReport, what: JunctionQuantity): string {
  const widths = [...new Set(fits.flatMap((fit) => fit[what].points.map(({ width }) => width)))];
  const rows = fits.map((fit: JunctionFit) => [
    String(fit.exponent),
    ...widths.map((width) => {
      const point = fit[what].points.find((one) => one.width === width);
      return point === undefined ? '–' : pointText(point);
    }),
    fallText(fit[what]),
  ]);
  const head = ['q', ...widths.map((width) => `width ${width}`), 'exponent in the width'];
  const body = aligned(
    [head, ...rows],
    head.map(() => 'right'),
  ).trimEnd();
  const scaled = rule === 'signsgd' ? ' n^(-q)' : '';
  return `${rule}, learning rate ${learningRate}${scaled}: ${TITLES[what]}\n${body}`;
}
