/** Parts of a network and its training as TypeScript on the public package. */

import { columnsJson, isOwn, ownColumns } from './exponents.ts';
import { literal } from './quoting.ts';
import { ACTIVATION_NAME, OPTIMIZER_FORMULA } from './rules.ts';

/** Names that a script imports, by entry. */
export type Imports = Readonly<Record<string, readonly string[]>>;

/** An expression, and what it takes of the package. */
export interface Code {
  readonly text: string;
  readonly imports: Imports;
}

export const activationCode = (activation: string): Code =>
  ACTIVATION_NAME.test(activation)
    ? { text: literal(activation), imports: {} }
    : {
        text: `parseExpression(${literal(activation)}, { names: ['x'], source: 'activation' }).expr`,
        imports: { 'nexort/program': ['parseExpression'] },
      };

/** A rule by its name, without its settings, or one's own. */
export function optimizerCode(optimizer: string): Code {
  if (OPTIMIZER_FORMULA.test(optimizer))
    return {
      text: `parseOptimizer({ learningRate: 1, formulas: { update: ${literal(optimizer)} } }, ${literal(optimizer)})`,
      imports: { 'nexort/optimizers': ['parseOptimizer'] },
    };
  const name = /^[^:]*/.exec(optimizer)?.[0] ?? optimizer;
  return { text: `optimizerNamed(${literal(name)})`, imports: { 'nexort/optimizers': ['optimizerNamed'] } };
}

/** A named one, of the table of an update rule where that is the name of a variable; or one's own. */
export function parametrizationCode(parametrization: string, rule?: string): Code {
  if (isOwn(parametrization))
    return {
      text: `parseParametrization(${JSON.stringify(columnsJson(ownColumns(parametrization)))}, 'your own')`,
      imports: { 'nexort/parametrizations': ['parseParametrization'] },
    };
  return {
    text: `named(${literal(parametrization)}${rule === undefined ? '' : `, ${rule}`}).parametrization`,
    imports: { 'nexort/parametrizations': ['named'] },
  };
}

/** The first lines of a script: each entry once, names in order; types among them with the word in front. */
export function importLines(all: readonly Imports[]): string {
  const entries = [...new Set(all.flatMap((one) => Object.keys(one)))].sort();
  const plain = (name: string): string => name.replace(/^type /, '');
  return entries
    .map((entry) => {
      const names = [...new Set(all.flatMap((one) => one[entry] ?? []))];
      names.sort((a, b) => plain(a).localeCompare(plain(b)));
      return `import { ${names.join(', ')} } from ${literal(entry)};`;
    })
    .join('\n');
}
