/** Experiments: each one function with a typed result. */

export { type CheckOptions, check, defaultWidths } from './check/check.ts';
export type { FiniteRun } from './check/finite.ts';
export { RATE } from './check/rate.ts';
export type { CheckedOutput, CheckResult, Distance, FiniteOutput, Verdict } from './check/result.ts';
export { type CoordOptions, coordinateCheck } from './coord/coord.ts';
export type { CoordFinding, CoordResult, Measured, Quantity } from './coord/result.ts';
export { type Examples, type TeacherOptions, teacherExamples } from './transfer/data.ts';
export { digitExamples } from './transfer/digits.ts';
export type {
  Cell,
  Optimum,
  RatePoint,
  Sweep,
  TransferResult,
  TransferVerdict,
  WidthSweep,
} from './transfer/result.ts';
export { type CellKey, type CellStore, nameOf, type TransferOptions, transfer } from './transfer/transfer.ts';
