/** A run of fine-tunings as a person reads it on a terminal. */

import { relative } from 'node:path';
import { isUsual, loraText, settingText } from '../../lm/index.ts';
import type { FineTuneRunResult, Summary } from '../../lm/node/index.ts';
import { classesText } from '../kernelSummary.ts';
import { noteLines } from '../noteLines.ts';
import { duration } from '../progress.ts';
import { aligned, intervalText, percent, table } from '../table.ts';

/** Tables and notes. */
export function fineTuneSummary(result: FineTuneRunResult): string {
  const { parameters, lora, data } = result;
  const draws = result.seeds.length === 1 ? '1 draw' : `${result.seeds.length} draws`;
  const bases = Object.entries({ 'zero-shot': result.zeroShot, 'linear probe': result.probe }).flatMap(
    ([name, score]) => (score === undefined ? [] : [[name, score] as const]),
  );
  const out = relative('.', result.out) || '.';
  const row = (name: string, score: Summary): string[] => [
    name,
    score.values.length > 1 ? `${percent(score.mean)} ± ${percent(score.std)}` : percent(score.mean),
    (score.interval && intervalText(score.interval, result.evaluated)) ?? '',
    score.values.length > 1 ? score.values.map(percent).join('  ') : '',
  ];
  const lines = [
    `${result.task}: ${result.shots} examples per class, ${draws}, ${result.evaluated} evaluated, ${result.metric} in percent`,
    table(
      ['', result.metric, '95 % interval', `by seed (${result.seeds.join(', ')})`],
      [...bases, [`fine-tuned, ${result.optimizer}`, result.accuracy] as const].map(([name, score]) =>
        row(name, score),
      ),
    ),
    `${result.metric} on dev by rate and batch size${result.seeds.length === 1 ? '' : ', mean over draws'} (* the best):`,
    gridText(result),
    `best        rate ${result.learningRate}, batch ${result.batch} by the mean over draws; ${optimumText(result)}`,
    ...result.draws.map(({ seed, batch, rate, best }, k) => {
      const dev = best.score === null ? 'no dev examples' : `dev ${percent(best.score)}`;
      return `${k === 0 ? 'chosen      ' : ' '.repeat(12)}draw ${seed}: rate ${rate}, batch ${batch}, step ${best.step} (${dev})`;
    }),
    `model       ${result.model}`,
    ...(isUsual(result.setting) ? [] : [`setting     ${settingText(result.setting)}`]),
    `data        ${data.description}`,
    `classes     ${classesText(data.classes)}`,
    `trained     ${parameters.choice}: ${parameters.count.toLocaleString('en-US')} numbers in ${parameters.tensors} tensors`,
    ...(lora === undefined ? [] : [`LoRA        ${loraText(lora)}`]),
    `steps       ${result.steps} of ${result.optimizer}, evaluated every ${result.evaluateEvery}`,
    `cost        ${duration(result.seconds)}, ${(result.peakBytes / 2 ** 30).toFixed(1)} GiB at peak`,
    `run         ${out} (report.html)`,
  ];
  for (const { seed, model, adapter } of result.saved) {
    lines.push(`saved       draw ${seed}: ${out}/${model}${adapter === undefined ? '' : `, ${out}/${adapter}`}`);
  }
  for (const { text } of result.ended) lines.push(`note        ${text}`);
  lines.push(...noteLines(result));
  return `${lines.join('\n')}\n`;
}

/** Rates down, batch sizes across. */
function gridText({ grid, learningRate, batch }: FineTuneRunResult): string {
  const batches = [...new Set(grid.map((point) => point.batch))];
  const rates = [...new Set(grid.map(({ rate }) => rate))];
  const rows = rates.map((rate) => [
    String(rate),
    ...batches.map((own) => {
      const point = grid.find((one) => one.rate === rate && one.batch === own);
      if (point === undefined || point.score === null) return point?.finished === 0 ? 'not tried' : '–';
      const mark = rate === learningRate && own === batch ? '*' : ' ';
      return `${percent(point.score)}${point.finished === 0 ? ' given up' : ''}${mark}`;
    }),
  ]);
  return aligned(
    [['rate', ...batches.map((own) => `batch ${own} `)], ...rows],
    ['right', ...batches.map(() => 'right' as const)],
  ).trimEnd();
}

/** Where the best rate lies in the grid. */
export function optimumText({ optimum, furtherRates }: FineTuneRunResult): string {
  const extended = furtherRates.length === 0 ? '' : `, after larger rates were added (${furtherRates.join(', ')})`;
  switch (optimum) {
    case 'inside':
      return `it lies inside the grid${extended}`;
    case 'least':
      return `it is the least rate of the grid: smaller ones may be better`;
    case 'largest':
      return `it is the largest rate of the grid${extended}: larger ones may be better`;
    case 'only':
      return 'no other rate was tried';
  }
}
