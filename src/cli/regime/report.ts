/** From what a run of the kernel regime found to its report. */

import { CRITERION_WORDS, checkpointNotes, loraText, settingText, type Task } from '../../lm/index.ts';
import type { RegimeFindings } from '../../lm/node/index.ts';
import type { ShownOptimizer } from '../../report/index.ts';
import { classesText } from '../kernelSummary.ts';
import { environment } from '../reportFile.ts';

/** The HTML report of a run. Its libraries for figures are loaded here, not at every start. */
export async function reportOfRegime(
  { result, draws }: RegimeFindings,
  { task, model }: { readonly task: Task; readonly model: string },
): Promise<string> {
  const { regimeReport } = await import('../../report/index.ts');
  const { parameters, lora, data, steps, batch, seeds, evaluated, compared, shots } = result;
  const fact = (name: string, value: string | number) => ({ name, value: String(value) });
  return regimeReport({
    task: task.name,
    setting: settingText(result.setting),
    metric: result.metric,
    optimizers: Object.entries(result.optimizers).map(([name, regime]): ShownOptimizer => {
      const first = draws[name]?.[0];
      const found = first?.found;
      return first === undefined || found === undefined || found === null
        ? { regime }
        : { regime, shown: Object.assign({ seed: first.seed }, found.shown) };
    }),
    criteria: CRITERION_WORDS,
    outputs: task.labels.length === 2 ? 'difference of the two logits' : 'logits less their mean',
    warnings: checkpointNotes(result.checkpoint).map((note) => `Model: ${note}.`),
    settings: [
      fact('model', model),
      fact('data', data.description),
      fact('classes', classesText(data.classes)),
      fact('examples', `${shots} of each class, draws of seeds ${seeds.join(', ')}`),
      fact('evaluated', `${evaluated}, kernels on ${compared} of them`),
      fact('steps', `${steps}, ${batch} examples each`),
      fact('trained', `${parameters.choice}: ${parameters.count.toLocaleString('en-US')} numbers`),
      ...(lora === undefined ? [] : [fact('LoRA', loraText(lora))]),
    ],
    made: environment(),
  });
}
