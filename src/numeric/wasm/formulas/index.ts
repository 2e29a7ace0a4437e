/** Formulas over arrays of f64, and loops compiled from them. */

export {
  type Formula,
  type FormulaLike,
  formula,
  less,
  minus,
  type OneName,
  one,
  operand,
  plus,
  polynomialOf,
  productOf,
  quotientOf,
  root,
  type TwoName,
  textOf,
  two,
  valueAt,
  where,
  withArguments,
} from './formula.ts';
export { arcTangent, exponential, hyperbolicTangent } from './functions.ts';
export { formulaLoop, LOOP_BYTES, type LoopFormulas, recordBytes } from './loop.ts';
