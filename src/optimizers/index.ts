/** Optimizers as data: update functions Q with their state, limits on updates, schedules, and programs made of them. */

export { checkedOptimizer } from './checkOptimizer.ts';
export { clipGradients } from './clipGradients.ts';
export { average, choose, guardedRoot } from './common.ts';
export {
  type Definition,
  defineOptimizer,
  gramOf,
  matrixOf,
  meanOver,
  type StateLike,
  scalar,
  variant,
} from './define.ts';
export { type Domain, describeDomain, liesIn } from './domains.ts';
export { optimizerNamed, optimizers } from './library/index.ts';
export { type Limit, type Threshold, widthThreshold } from './limits.ts';
export type { Extent, Formula, Hyperparameter, MatrixFormula, Optimizer, Others, StateField } from './optimizer.ts';
export { forMatrixOrOther } from './others.ts';
export {
  type NamedParameter,
  type OwnOptions,
  type ParameterRules,
  type Resolved,
  resolveParameters,
  type Selection,
  selectParameters,
} from './parameters.ts';
export { parseOptimizer } from './parse.ts';
export { matrixUpdateSize } from './reading/matrixSize.ts';
export { measured } from './reading/measure.ts';
export { type Degree, type Reading, type ReadOptions, readOptimizer } from './reading/read.ts';
export type { Told } from './reading/walk.ts';
export { type Schedule, type ScheduleSetting, type ScheduleSettings, schedule, schedules } from './schedules/index.ts';
export { resolveSettings, type Setting, type Settings } from './settings.ts';
export { type Sides, sidesOf } from './sides.ts';
export {
  type ParameterSet,
  type ParameterShape,
  type UpdatesOptions,
  updateProgram,
  updatesProgram,
} from './updateProgram.ts';
export { type Updated, type UpdatesTogether, writeUpdates } from './updates.ts';
export { decays, type Target, type UpdateOptions, writeUpdate } from './write.ts';
