/** From what a run of fine-tunings found to the data of its report. */

import { required } from '../../errors/index.ts';
import { checkpointNotes, isUsual, loraText, settingText, type Task } from '../../lm/index.ts';
import type { FineTuneFindings } from '../../lm/node/index.ts';
import type { FineTuneReportData } from '../../report/index.ts';
import { classesText } from '../kernelSummary.ts';
import { environment } from '../reportFile.ts';
import { optimumText } from './summary.ts';

/** The HTML report of a run. Its libraries for figures are loaded here, not at every start. */
export async function fineTuneReportOf(
  findings: FineTuneFindings,
  about: { readonly task: Task; readonly model: string },
): Promise<string> {
  const { fineTuneReport } = await import('../../report/index.ts');
  return fineTuneReport(fineTuneReportData(findings, about));
}

function fineTuneReportData(
  { result, points }: FineTuneFindings,
  { task, model }: { readonly task: Task; readonly model: string },
): FineTuneReportData {
  const { metric, accuracy, optimizer, lora, setting, parameters, schedule, clipNorm } = result;
  const bases = [['zero-shot', result.zeroShot] as const, ['linear probe', result.probe] as const];
  const fact = (name: string, value: string | number) => ({ name, value: String(value) });
  return {
    task: task.name,
    model,
    metric,
    shots: result.shots,
    evaluated: result.evaluated,
    chance: result.chance,
    scores: [
      ...bases.flatMap(([name, score]) => (score === undefined ? [] : [Object.assign({ name }, score)])),
      Object.assign({ name: `fine-tuned, ${optimizer}` }, accuracy),
    ],
    draws: result.draws.map(({ seed, rate, batch, best, test }) => {
      const record = points.find((one) => one.seed === seed && one.rate === rate && one.batch === batch);
      const { losses, evaluations } = required(record, `training of draw ${seed}`);
      const score = required(test[metric], `score of draw ${seed}`);
      return { seed, rate, batch, losses, evaluations, kept: best.step, dev: best.score, test: score };
    }),
    grid: result.grid,
    best: { rate: result.learningRate, batch: result.batch },
    optimum: optimumText(result),
    warnings: [
      ...checkpointNotes(result.checkpoint).map((note) => `Model: ${note}.`),
      ...result.ended.map(({ text }) => `${text}.`),
      ...result.data.notes,
    ],
    settings: [
      ...(setting.kind === 'prompt' ? [fact('Prompt', task.prompt)] : []),
      ...(isUsual(setting) ? [] : [fact('Setting', settingText(setting))]),
      fact('Data', result.data.description),
      fact('Classes', classesText(result.data.classes)),
      fact(
        'Trained',
        `${parameters.choice}: ${parameters.count.toLocaleString('en-US')} numbers in ${parameters.tensors} tensors`,
      ),
      ...(lora === undefined ? [] : [fact('LoRA', loraText(lora))]),
      fact('Optimizer', optimizer),
      ...(schedule === null ? [] : [fact('Schedule', schedule)]),
      ...(clipNorm === null ? [] : [fact('Gradients', `of norm ${clipNorm} at most`)]),
      fact('Steps', `${result.steps}, evaluated every ${result.evaluateEvery}`),
    ],
    made: environment(),
  };
}
