/** From what a kernel run found to the data of its report. */

import { required } from '../errors/index.ts';
import {
  type Candidate,
  checkpointNotes,
  type DrawFit,
  type FittedSolver,
  harmlessNote,
  isUsual,
  type KernelKind,
  kernelOf,
  loraText,
  settingText,
  type Task,
  trainingKernel,
  zeroShot,
} from '../lm/index.ts';
import { type KernelFindings, kernelsOfSeed, withOwnLogits } from '../lm/node/index.ts';
import { singularValues } from '../numeric/index.ts';
import type { KernelReportData } from '../report/index.ts';
import { KERNEL_NAMES } from './kernelNames.ts';
import { classesText } from './kernelSummary.ts';
import { environment } from './reportFile.ts';
import { solverName } from './solverName.ts';

/** The HTML report of a run. Its libraries for figures are loaded here, not at every start. */
export async function reportOfRun(
  findings: KernelFindings,
  about: { readonly task: Task; readonly model: string },
): Promise<string> {
  const { kernelReport } = await import('../report/index.ts');
  return kernelReport(reportData(findings, about));
}

function reportData(
  { result, inputs, found, fits }: KernelFindings,
  { task, model }: { readonly task: Task; readonly model: string },
): KernelReportData {
  const classes = task.labels.map(({ name }) => name);
  const kinds = Object.keys(result.kernels) as KernelKind[]; // its own keys
  const fitsOf = (kind: KernelKind): readonly DrawFit[] => required(fits[kind], `draws of ${kind}`);
  // The figures are of one kernel.
  const first = required(kinds[0], 'kernel of a run');
  const harmless = harmlessNote(result.checkpoint);
  const place = (label: string): number => classes.indexOf(label);
  const sum = (tables: readonly (readonly (readonly number[])[])[]): number[][] =>
    classes.map((_, a) =>
      classes.map((__, p) => tables.reduce((total, table) => total + required(table[a]?.[p], 'count of an answer'), 0)),
    );
  // Of the heads as they are: one for all draws, or those of the draws.
  const own = sum(withOwnLogits(found).map((draw) => zeroShot(task, draw.inputs, draw.kernels).confusion));
  const bases = [['zero-shot', result.zeroShot] as const, ['linear probe', result.probe] as const];
  return {
    task: task.name,
    ...(result.setting.kind === 'prompt' ? { prompt: task.prompt } : {}),
    labels: task.labels,
    model,
    metric: task.metric,
    shots: result.shots,
    seeds: result.seeds,
    evaluated: result.evaluated,
    labelCounts: classes.map((label) => inputs.test.filter((example) => example.label === label).length),
    chance: result.chance,
    scores: [
      ...bases.flatMap(([name, score]) =>
        score === undefined ? [] : [Object.assign({ name, confusion: own }, score)],
      ),
      ...kinds.map((kind) => {
        const score = required(result.kernels[kind], `score of ${kind}`);
        const confusion = sum(fitsOf(kind).map((fit) => fit.confusion));
        return Object.assign({ name: KERNEL_NAMES[kind], confusion }, score);
      }),
    ],
    kernel: {
      name: KERNEL_NAMES[first],
      outputs: required(found[0], 'kernel of a run').kernels.outputs,
      draws: fitsOf(first).map(({ seed, train, candidates, predictor, labels: doubts }) => {
        const { inputs: ofDraw, kernels } = kernelsOfSeed(found, seed);
        const own = trainingKernel(ofDraw, kernelOf(kernels, first), train);
        return {
          seed,
          labels: train.map(({ label }) => place(label)),
          texts: train.map(({ text, text2 }) => (text2 === undefined ? text : `${text} | ${text2}`)),
          kernel: own.data,
          // Those of a positive semidefinite matrix are its eigenvalues.
          eigenvalues: singularValues(own),
          ...(doubts === undefined ? {} : { doubts }),
          solver: {
            chosen: solverName(predictor),
            ...(predictor.method === 'least-squares' ? { ridge: predictor.settings.ridge } : {}),
            candidates: candidatesOf(candidates, predictor),
          },
        };
      }),
    },
    parameters: result.parameters,
    truncated: result.truncated,
    cost: {
      seconds: result.seconds,
      peakBytes: result.peakBytes,
      forecastBytes: result.forecastBytes,
      gradients: result.gradients,
    },
    settings: [
      ...(isUsual(result.setting) ? [] : [{ name: 'Setting', value: settingText(result.setting) }]),
      { name: 'Data', value: inputs.data.source.description },
      { name: 'Classes', value: classesText(inputs.data.source.classes) },
      ...(result.lora === undefined ? [] : [{ name: 'LoRA', value: loraText(result.lora) }]),
      ...(harmless === undefined ? [] : [{ name: 'Weights', value: harmless }]),
    ],
    environment: environment(),
    warnings: [...checkpointNotes(result.checkpoint).map((note) => `Model: ${note}.`), ...result.data.notes],
  };
}

function candidatesOf(candidates: readonly Candidate[], predictor: FittedSolver) {
  if (candidates.length === 0) return [{ name: solverName(predictor), score: Number.NaN }];
  return candidates.map((candidate) => ({ name: solverName(candidate), score: candidate.score }));
}
