/** Language models: checkpoints, prompts and tasks, empirical kernels and what they classify. */

export { afinnData } from './afinn.ts';
export type { Batch, Encoded } from './batches.ts';
export type { Calibration } from './calibration.ts';
export {
  type EncoderModel,
  keepingWeights,
  type LoadedEncoder,
  loadEncoder,
  openEncoder,
  type Weights,
} from './checkpoint.ts';
export { type Columns, parseColumns } from './columns.ts';
export { maxTokens, readConfig } from './config.ts';
export {
  type DataOptions,
  type DataSource,
  type Example,
  loadData,
  type RunData,
  readTask,
  type TaskData,
  type TaskSource,
} from './data.ts';
export type { Fingerprint } from './dataFile.ts';
export { DRAW_SEEDS, type Draw, drawShots } from './draws.ts';
export { type EmpiricalKernel, empiricalKernel, type KernelOptions } from './empiricalKernel.ts';
export type { Contribution, Explanation } from './explanation.ts';
export { type FinishedRun, readFinishedRun } from './finishedRun.ts';
export { type Candidate, type DevChoice, type FitOnDevOptions, fitOnDev } from './fitOnDev.ts';
export {
  type FitPredictorOptions,
  fitPredictor,
  type LeastSquaresChoice,
  type LogisticChoice,
  type SolverChoice,
} from './fitPredictor.ts';
export { type KernelInputOptions, type KernelInputs, kernelInputs } from './kernelInputs.ts';
export type { KernelRunRecord, KernelRunResult, Summary } from './kernelResult.ts';
export { type Forecast, type KernelFindings, type KernelRunOptions, runKernel } from './kernelRun.ts';
export { type DrawFit, fitDraws, type SolverRequest, trainingKernel, zeroShot } from './kernelScores.ts';
export { classCount, type KernelSplit } from './kernelSplit.ts';
export { accuracy, score, summarize } from './metrics.ts';
export { type NewText, readTexts } from './newTexts.ts';
export { everyClass, logitDifference, type OutputWeights } from './outputs.ts';
export {
  type Contributions,
  contributions,
  type FittedSolver,
  type LeastSquaresSettings,
  type LogisticSettings,
  type Predictor,
  probabilities,
  scores,
} from './predictor.ts';
export { parsePredictor } from './predictorFile.ts';
export { type Prediction, type Predictions, type PredictOptions, predictTexts } from './predictTexts.ts';
export { type BuiltPrompt, type BuiltText, buildPlain, buildPrompt, type PromptLimits } from './prompts.ts';
export { expectShapes, openTensors, type TensorStore, type WantedTensor } from './safetensors.ts';
export { selectParameters } from './selection.ts';
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
  type SolverMethod,
} from './solvers.ts';
export type { SpecialIds } from './specialTokens.ts';
export { type LoadedTask, loadTask } from './taskFile.ts';
export { findTask, type Metric, TASKS, type Task } from './tasks.ts';
export { parseTemplate, plainTemplate, type Template, type TemplatePiece, type TemplateVariants } from './template.ts';
export { checkVocabulary, type LabelWord, labelWordIds, loadTokenizer, type PromptTokenizer } from './tokenizer.ts';
