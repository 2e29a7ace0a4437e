/** Formulas as MathML, made when the pages are built, so that none of what makes them is in the pages. */

import temml from 'temml';
import type { Plugin } from 'vite';
import { TEX, type Written } from './src/formulas/tex.ts';

const NAME = 'virtual:formulas';

/** A formula of a page. */
export interface MadeFormula extends Omit<Written, 'tex'> {
  readonly math: string;
}

/** MathML of a formula; throws where its TeX is wrong. Style attributes are left out: the pages' policy forbids them. */
export function made({ tex, says, source }: Written): MadeFormula {
  const math = temml
    .renderToString(tex, { throwOnError: true, trust: true, displayMode: true })
    .replaceAll(/ style="[^"]*"/g, '')
    .replace('<math', `<math alttext="${says}"`);
  return { math, says, source };
}

/** Gives pages a module of all formulas by name. */
export const formulas: Plugin = {
  name: 'formulas',
  resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
  load: (id) =>
    id === `\0${NAME}`
      ? `export const formulas = ${JSON.stringify(Object.fromEntries(Object.entries(TEX).map(([name, one]) => [name, made(one)])))}`
      : null,
};
