/** Language models: checkpoints, prompts and tasks, empirical kernels and what they classify. */

export { afinnData } from './data/afinn.ts';
export { type Columns, parseColumns } from './data/columns.ts';
export { type CsvRecord, parseCsv } from './data/csv.ts';
export {
  type DataOptions,
  type DataSource,
  type Example,
  loadData,
  type RunData,
  readTask,
  type TaskData,
  type TaskSource,
} from './data/data.ts';
export type { Fingerprint } from './data/dataFile.ts';
export { DRAW_SEEDS, type Draw, drawShots } from './data/draws.ts';
export { accuracy, score, summarize } from './data/metrics.ts';
export { type NewText, readTexts } from './data/newTexts.ts';
export { type LoadedTask, loadTask } from './data/taskFile.ts';
export { findTask, type Metric, TASKS, type Task } from './data/tasks.ts';
export type { Batch, Encoded } from './kernel/batches.ts';
export { type EmpiricalKernel, empiricalKernel, type KernelOptions } from './kernel/empiricalKernel.ts';
export { everyClass, logitDifference, type OutputWeights } from './kernel/outputs.ts';
export { selectParameters } from './kernel/selection.ts';
export {
  type EncoderModel,
  keepingWeights,
  type LoadedEncoder,
  loadEncoder,
  openEncoder,
  type Weights,
} from './model/checkpoint.ts';
export { maxTokens, readConfig } from './model/config.ts';
export { expectShapes, openTensors, type TensorStore, type WantedTensor } from './model/safetensors.ts';
export type { Contribution, Explanation } from './run/explanation.ts';
export { type FinishedRun, readFinishedRun } from './run/finishedRun.ts';
export { type KernelInputOptions, type KernelInputs, kernelInputs } from './run/kernelInputs.ts';
export type { KernelRunRecord, KernelRunResult, Summary } from './run/kernelResult.ts';
export { type Forecast, type KernelFindings, type KernelRunOptions, runKernel } from './run/kernelRun.ts';
export { type DrawFit, fitDraws, type SolverRequest, trainingKernel, zeroShot } from './run/kernelScores.ts';
export { type Prediction, type Predictions, type PredictOptions, predictTexts } from './run/predictTexts.ts';
export type { Calibration } from './solve/calibration.ts';
export { type Candidate, type DevChoice, type FitOnDevOptions, fitOnDev } from './solve/fitOnDev.ts';
export {
  type FitPredictorOptions,
  fitPredictor,
  type LeastSquaresChoice,
  type LogisticChoice,
  type SolverChoice,
} from './solve/fitPredictor.ts';
export { classCount, type KernelSplit } from './solve/kernelSplit.ts';
export {
  type Contributions,
  contributions,
  type FittedSolver,
  type LeastSquaresSettings,
  type LogisticSettings,
  type Predictor,
  probabilities,
  scores,
} from './solve/predictor.ts';
export { parsePredictor } from './solve/predictorFile.ts';
export {
  differenceTargets,
  type FitOptions,
  fitLeastSquares,
  type InitialOutputs,
  kernelColumns,
  kernelRows,
  oneHotTargets,
  predict,
  predictedClasses,
} from './solve/solvers.ts';
export { type BuiltPrompt, type BuiltText, buildPlain, buildPrompt, type PromptLimits } from './text/prompts.ts';
export type { SpecialIds } from './text/specialTokens.ts';
export {
  parseTemplate,
  plainTemplate,
  type Template,
  type TemplatePiece,
  type TemplateVariants,
} from './text/template.ts';
export {
  checkVocabulary,
  type LabelWord,
  labelWordIds,
  loadTokenizer,
  type PromptTokenizer,
} from './text/tokenizer.ts';
