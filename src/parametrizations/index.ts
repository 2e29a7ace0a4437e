/** How a network's initialization, multipliers and step sizes depend on its width, and what becomes of it. */

export {
  compare,
  divided,
  type Exponent,
  type ExponentLike,
  equal,
  exponent,
  finite,
  minus,
  NEVER,
  negated,
  parseExponent,
  plus,
  printExponent,
  printPower,
  signOf,
  toNumber,
} from '../program/index.ts';
export { type Classification, type ClassifyOptions, classify, type Regime } from './classify.ts';
export {
  type ClassifiedParameter,
  type ClassifyParametersOptions,
  classifyParameters,
  type NetClassification,
  type TiedRepair,
  tiedRepair,
  type Way,
} from './classifyParameters.ts';
export { CLIPPINGS, type Clipping, clippedFor, normExponent, rateShift, thresholdExponent } from './clipping.ts';
export type { ConditionName } from './conditions.ts';
export type { Layer } from './layers.ts';
export { GAUGES, type Member } from './members.ts';
export { MEAN_FIELD, MUP, type Named, NTP, named, PARAMETRIZATION_NAMES, SP, uniform } from './named.ts';
export {
  byKind,
  type Exponents,
  exponentsFor,
  exponentsOf,
  exponentsOfAll,
  mlpLayers,
  mlpParameters,
  ownDepth,
  PARAMETER_KINDS,
  type Parameter,
  type ParameterKind,
  type Parametrization,
  withParameterStart,
  withRate,
  withReadoutStart,
} from './parametrization.ts';
export { type ParametrizedOptions, parametrized, powerOf } from './parametrized.ts';
export { parseParametrization } from './parse.ts';
export type { LayerSizes, StepSizes } from './predict.ts';
export type { Reason } from './reasons.ts';
export type { Change, Repair } from './repair.ts';
export {
  baseWidthOf,
  type Constants,
  outputScale,
  relativeWidth,
  type Scales,
  scalesOf,
  type Widths,
} from './scales.ts';
export { forRule, shiftOf } from './shift.ts';
export {
  type EquivalenceOptions,
  equivalent,
  equivalentExponents,
  type Gauge,
  invariants,
  member,
  shifted,
} from './symmetry.ts';
export {
  type Answer,
  clippedRule,
  type RulesByKind,
  response,
  ruleFor,
  ruleOf,
  UPDATE_RULE_NAMES,
  type UpdateRule,
  updateRule,
  updateSize,
} from './updateRule.ts';
