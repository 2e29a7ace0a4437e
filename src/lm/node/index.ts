/** What of language models needs Node: checkpoints, tasks and data on the disk, and runs in folders. */

export { type CsvRecord, parseCsv } from './data/csv.ts';
export { type DataOptions, loadData, readTask, type TaskSource } from './data/data.ts';
export { decodeText } from './data/dataFile.ts';
export { type NewText, readTexts } from './data/newTexts.ts';
export { type LoadedTask, loadTask } from './data/taskFile.ts';
export { isDataFile, type TaskOfData, taskOfData } from './data/taskOfData.ts';
export { type LabelTokens, type TaskOfModel, type TasksOfModel, tasksOfModel } from './data/tasksOfModel.ts';
export type {
  ChosenDraw,
  FineTuneFindings,
  FineTuneRunResult,
  PointRecord,
} from './finetune/fineTuneRecord.ts';
export { openFineTuneWork, planFineTuneRun, runFineTune } from './finetune/fineTuneRun.ts';
export type { FineTuneForecast, FineTuneRunOptions } from './finetune/fineTuneRunOptions.ts';
export { type FoundFineTuned, openFineTuned } from './finetune/openFineTuned.ts';
export { type FineTunedPredictions, predictFineTuned } from './finetune/predictFineTuned.ts';
export { type SaveOptions, saveAdapter, saveModel } from './finetune/saveModel.ts';
export {
  type CachedModel,
  cachedModels,
  type HubName,
  type HubOptions,
  type HubPlaces,
  type HubSnapshot,
  hubModel,
  hubPlaces,
  modelOfSnapshot,
  parseHubName,
} from './hub/index.ts';
export { checkpointFolder } from './model/checkpointFolder.ts';
export {
  grownLanguageModel,
  type LanguageRecipeOptions,
  type LanguageStart,
  recipeOfModel,
} from './model/modelRecipe.ts';
export type { RegimeFindings, RegimeRunResult } from './regime/regimeRecord.ts';
export { openRegimeWork, planRegimeRun, runRegime } from './regime/regimeRun.ts';
export type { RegimeOptimizer, RegimeRunOptions } from './regime/regimeRunOptions.ts';
export { type FinishedRun, readFinishedRun } from './run/finishedRun.ts';
export { type DrawKernels, kernelsOfSeed } from './run/kernelParts.ts';
export type { KernelRunRecord, KernelRunResult, Summary } from './run/kernelRecord.ts';
export { withOwnLogits } from './run/kernelResult.ts';
export { runKernel } from './run/kernelRun.ts';
export type { Forecast, KernelFindings, KernelRunOptions } from './run/kernelRunOptions.ts';
export {
  type KernelWorkOptions,
  openKernelWork,
  type PlannedWork,
  planKernelRun,
  type WorkerRun,
} from './run/kernelWork.ts';
export { type LoraDistanceResult, type LoraDistanceRunOptions, runLoraDistance } from './run/loraDistanceRun.ts';
export {
  forecastKernelRun,
  type ModelOverview,
  modelOverview,
  type RunForecast,
} from './run/modelForecast.ts';
export { type Prediction, type Predictions, type PredictOptions, predictTexts } from './run/predictTexts.ts';
export { type KernelInputOptions, kernelInputs } from './run/readInputs.ts';
export {
  type PlannedTable,
  planTasks,
  runOfTask,
  runTasks,
  type TaskFailure,
  type TaskOfTable,
  type TaskRunsOptions,
  type TaskTable,
  taskScores,
  tasksIn,
} from './run/taskRuns.ts';
export { nativeTokenizer } from './text/nativeTokenizer.ts';
