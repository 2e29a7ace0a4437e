/** Experiments that read from the disk or write to it. */

export { DIGIT_SIDES, type DigitOptions, digitExamples } from './digits.ts';
export type { ClassesAt, ClassificationOptions, ClassPredictions } from './kernels/classes.ts';
export type { KernelFigures } from './kernels/figures.ts';
export {
  type LimitingForecast,
  type LimitingMachine,
  type LimitingRun,
  type LimitingRunOptions,
  runLimitingKernels,
} from './kernels/kernelRun.ts';
export type { EnsemblePredictions, PredictionOptions, PredictionsAt } from './kernels/predictions.ts';
