/**
 * Language models: checkpoints, prompts and tasks, empirical kernels and what they classify. Nothing here needs Node: what
 * reads the disk, or writes a run folder, is behind `lm/node`.
 */

export { afinnData } from './data/afinn.ts';
export { type Columns, parseColumns } from './data/columns.ts';
export { DRAW_SEEDS, type Draw, drawShots } from './data/draws.ts';
export type { Example, TaskData } from './data/example.ts';
export type { Fingerprint } from './data/fingerprint.ts';
export {
  alikeLabels,
  type Likeness,
  numberOf,
  parseLabelValues,
  withLabelValues,
} from './data/labels.ts';
export { accuracy, CHANCE_ERRORS, type MeanScore, score, standardError, summarize } from './data/metrics.ts';
export { taskFor } from './data/nextWordPrompts.ts';
export type { ClassCount, DataSource, RunData } from './data/runData.ts';
export { headerHint } from './data/tableErrors.ts';
export { findTask, type LabelValues, type Metric, TASKS, type Task } from './data/tasks.ts';
export { bestScore, type DevScore, isBetter, type TooLarge } from './finetune/devScores.ts';
export {
  engineTrainer,
  type FineTuned,
  type FineTuneOptions,
  fineTune,
  type Trainer,
} from './finetune/fineTune.ts';
export { FINE_TUNED, FINE_TUNED_FORMAT, type FineTunedModel } from './finetune/fineTunedModel.ts';
export { type Grid, type GridPoint, type PointScore, USUAL_BATCHES, usualRates } from './finetune/grid.ts';
export type { ClassifiedTexts } from './finetune/textBatches.ts';
export { textLogits } from './finetune/textLogits.ts';
export { ADAM_EPSILON, type SecondMoments } from './kernel/adamWeights.ts';
export type { Batch, Encoded } from './kernel/batches.ts';
export type { DrawSides } from './kernel/drawSides.ts';
export { empiricalKernel, empiricalKernels, kernelOf, kernelsOfDraws } from './kernel/empiricalKernel.ts';
export { COMPUTED_KINDS, type ComputedKind, isSymmetric, KERNEL_KINDS, type KernelKind } from './kernel/kernelKinds.ts';
export type {
  DrawsOptions,
  EmpiricalKernel,
  EmpiricalKernels,
  KernelFacts,
  KernelOptions,
  KernelsOptions,
  LayerKernel,
  LayerTokens,
  TokenRequest,
} from './kernel/kernelOptions.ts';
export { everyClass, logitDifference, type OutputWeights } from './kernel/outputs.ts';
export { selectParameters } from './kernel/selection.ts';
export type { Adapter, AdapterChoice } from './lora/adapter.ts';
export { DEFAULT_LORA, drawA, type FreshLora, freshLora, LORA_TARGETS } from './lora/freshLora.ts';
export {
  type LoraDistance,
  type LoraDistanceOptions,
  loraDistance,
  type RankDistance,
  USUAL_RANKS,
} from './lora/loraDistance.ts';
export { freshRequest, type LoraRequest, loraText } from './lora/loraRequest.ts';
export { savedAdapter } from './lora/savedAdapter.ts';
export {
  keepingWeights,
  type LanguageModel,
  type LoadedLanguageModel,
  loadLanguageModel,
  openLanguageModel,
  type Weights,
} from './model/checkpoint.ts';
export { type CheckpointFile, type CheckpointFiles, checkpointInMemory } from './model/checkpointFiles.ts';
export {
  type Assumed,
  type CheckpointUse,
  checkpointNotes,
  harmlessNote,
  type Replaced,
  type Unused,
} from './model/checkpointUse.ts';
export { type ConfigReading, describeConfig, maxTokens, readConfig } from './model/config.ts';
export { expectShapes, openTensors, type TensorStore, type WantedTensor } from './model/safetensors.ts';
export { BOUNDS, type Criterion, LEAST_MOVE, type RegimeTest, SOURCES, type Solution } from './regime/criteria.ts';
export { compareFeatures, type Features, type FixedFeatures, featuresOf } from './regime/fixedFeatures.ts';
export { type KernelDistance, kernelDistance, type LayerDistance } from './regime/kernelDistance.ts';
export { type LinearizedLogits, type LinearizeOptions, linearizedLogits, modelLogits } from './regime/linearize.ts';
export { type LinearizationMeasure, measureLinearization, type ThreeLogits } from './regime/logitMeasures.ts';
export {
  type DrawMeasures,
  type MeasuredDraw,
  type MeasureOptions,
  measureDraw,
  type TrainingStores,
  type WatchedStep,
} from './regime/measureDraw.ts';
export { type GroupMovement, groupMovements, movesBetween } from './regime/movement.ts';
export { kernelOfOptimizer } from './regime/optimizerKernel.ts';
export { type OptimizerRegime, type SummarizeOptions, summarizeDraws } from './regime/summarizeDraws.ts';
export { CRITERION_WORDS, judgeRegime, type Verdict } from './regime/verdict.ts';
export { type ExplainTextsOptions, explainTexts } from './run/explainTexts.ts';
export {
  type Contribution,
  type ExplainOptions,
  type Explanation,
  explain,
  type LayerRows,
  type LayerShare,
  type TokenShare,
} from './run/explanation.ts';
export {
  type AssembleOptions,
  assembleInputs,
  type KernelInputs,
  type Prompted,
  type Prompter,
  prompterOf,
} from './run/kernelInputs.ts';
export { type DrawFit, fitDraws, type SolverRequest, trainingKernel, zeroShot } from './run/kernelScores.ts';
export type { PairedDifference } from './run/pairedDifference.ts';
export { CHAT, isUsual, PROMPT, SETTINGS, type Setting, settingText } from './run/setting.ts';
export {
  atChance,
  type MethodDifference,
  type MethodScores,
  type TaskOverview,
  type TaskScores,
  taskOverview,
} from './run/taskOverview.ts';
export type { Calibration } from './solve/calibration.ts';
export { type Candidate, type DevChoice, type FitOnDevOptions, fitOnDev } from './solve/fitOnDev.ts';
export { type FitPredictorOptions, fitPredictor } from './solve/fitPredictor.ts';
export type {
  AsymmetricSettings,
  ClassMachineSettings,
  FittedSolver,
  LeastSquaresSettings,
  LogisticSettings,
  RegressionMachineSettings,
  Relative,
  SolverMethod,
} from './solve/fittedSolver.ts';
export { classCount, type KernelSplit } from './solve/kernelSplit.ts';
export { type LabelDoubts, labelDoubts, mostDoubtful } from './solve/labelDoubts.ts';
export { leaveOneOutScores } from './solve/leaveOneOut.ts';
export {
  byVotes,
  type Contributions,
  contributions,
  type Predictor,
  probabilities,
  scores,
} from './solve/predictor.ts';
export { parsePredictor } from './solve/predictorFile.ts';
export type {
  AsymmetricChoice,
  ClassMachineChoice,
  LeastSquaresChoice,
  LogisticChoice,
  RegressionMachineChoice,
  SolverChoice,
} from './solve/solverChoice.ts';
export type { FixedSettings, SolverGrid } from './solve/solverGrid.ts';
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
export { javascriptTokenizer } from './text/javascriptTokenizer.ts';
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
export type { Tokenizer, TokenizerDefinition, TokenizerLibrary, Tokens } from './text/tokenizerLibrary.ts';
