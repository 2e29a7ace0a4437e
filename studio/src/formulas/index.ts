/** Formulas as MathML, made at build time. */

export { Formula, type FormulaProps, saysOf, sourceOf, wordsOf } from './Formula.tsx';
export type { FormulaName } from './tex.ts';
