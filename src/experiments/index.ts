/** Experiments: each one function with a typed result. */

export { check, defaultWidths } from './check/check.ts';
export type { CheckOptions } from './check/options.ts';
export { RATE } from './check/rate.ts';
export type { CheckedOutput, CheckResult, Distance, FiniteOutput, Verdict } from './check/result.ts';
export { ALIGNMENT_TERMS } from './coord/alignment.ts';
export { type CoordOptions, coordinateCheck } from './coord/coord.ts';
export { type RandomExamples, randomExamples } from './coord/data.ts';
export type {
  Aligned,
  Alignment,
  AlignmentTerm,
  CoordDoubt,
  CoordFinding,
  CoordResult,
  Judgement,
  Measured,
  Quantity,
} from './coord/result.ts';
export { closedPath } from './limit/closed.ts';
export { withDeviations } from './limit/deviations.ts';
export type { Approach, WidthPaths } from './limit/distance.ts';
export { featureKernelName, withFeatureKernels } from './limit/featureKernels.ts';
export { type FinitePath, finitePath, type NetworkOptions } from './limit/finite.ts';
export { type FrozenKernel, type FrozenOptions, frozenKernel } from './limit/frozen.ts';
export { type JunctionCell, type JunctionOptions, type JunctionProblem, junction } from './limit/junction.ts';
export {
  type JunctionFit,
  type JunctionLine,
  type JunctionPoint,
  type JunctionQuantity,
  junctionFits,
} from './limit/junctionFits.ts';
export { type FrozenStart, frozenStart } from './limit/kernel.ts';
export { type LimitOptions, type LimitResult, limitOfTraining } from './limit/limit.ts';
export { type FeatureMovement, featureMovement, type MovementOptions } from './limit/movement.ts';
export { type LimitPath, type LimitPathOptions, limitPath } from './limit/path.ts';
export type { LimitKind, LimitProblem } from './limit/problem.ts';
export { drawnStart, givenStart, type StartPath, startCovariance } from './limit/startPath.ts';
export {
  descentEdge,
  type KernelLook,
  type SpectrumOptions,
  type TangentSpectrum,
  tangentSpectrum,
} from './limit/tangentKernels.ts';
export type { WeightChange } from './limit/weightChange.ts';
export type { SettingName, SettingPower } from './settingPowers.ts';
export { type Examples, type TeacherOptions, teacherExamples } from './transfer/data.ts';
export {
  checkedValues,
  placeOf,
  type Swept,
  showValue,
  sweepable,
  sweptNamed,
  valueAt,
  valuesBetween,
} from './transfer/hyperparameter.ts';
export type { InfiniteOptions } from './transfer/infinite.ts';
export { METRICS, metricText } from './transfer/metrics.ts';
export { factorText, transferLosses } from './transfer/optimum.ts';
export type {
  Cell,
  Curve,
  InfiniteSweep,
  MetricEstimate,
  Optimum,
  Sampled,
  Scale,
  Sweep,
  SweepPoint,
  SweptHyperparameter,
  TransferCause,
  TransferMetrics,
  TransferResult,
  TransferVerdict,
  WidthSweep,
} from './transfer/result.ts';
export {
  type CellKey,
  type CellStore,
  commonBaseWidth,
  nameOf,
  type PreparedSweep,
  prepareSweep,
  type TransferOptions,
  transfer,
} from './transfer/transfer.ts';
export { type TuneCheck, type TuneOptions, type TuneResult, tune } from './transfer/tune.ts';
