/** The language inside the language: what of a program has an infinite-width limit (NE⊗OR⊤). */

export { type Analysis, entryExponent, hasMatrix } from './analyze.ts';
export { checkFragment, type FragmentReport } from './checkFragment.ts';
export type { Form, MatrixTerm, Note, Rule, ScaledMap, Violation } from './forms.ts';
export { linearParts } from './linear.ts';
export { isWideMatrix, normExponent, preconditionedExponent } from './matrixFunctions.ts';
export { analyze } from './remembered.ts';
export { scaleExpr } from './scaleExpr.ts';
export type { OneWidth } from './widths.ts';
export { withoutMaximum } from './withoutMaximum.ts';
