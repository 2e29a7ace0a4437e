/** A formula, as MathML that the build made. */

import { formulas } from 'virtual:formulas';
import type { FormulaName } from './tex.ts';

export interface FormulaProps {
  readonly name: FormulaName;
  /** The part that is pointed at: `hat` lights `\class{part-hat}{…}`. */
  readonly lit?: string | undefined;
}

export function Formula({ name, lit }: FormulaProps) {
  const { math } = formulas[name];
  return (
    <span
      class="formula"
      {...(lit === undefined ? {} : { 'data-lit': lit })}
      // MathML that the build made of our own TeX.
      dangerouslySetInnerHTML={{ __html: math }}
    />
  );
}

export const wordsOf = (name: FormulaName): string => formulas[name].says;
/** What a formula says in words, and where it stands. */
export const saysOf = (name: FormulaName): string => `${formulas[name].says} (${formulas[name].source})`;
export const sourceOf = (name: FormulaName): string => formulas[name].source;
