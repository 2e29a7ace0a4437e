/** The verdict of the page, and its measurement, as TypeScript on the public package. */

import { UPDATE_RULE_NAMES } from 'nexort/parametrizations';
import { importLines, optimizerCode } from '../problem/code.ts';
import { coordScript } from '../problem/coordScript.ts';
import { type Columns, columnsJson } from '../problem/exponents.ts';
import { literal } from '../problem/quoting.ts';
import { optimizerOf } from '../problem/rules.ts';
import { MEASURE_BATCH, MEASURE_INPUT, MEASURE_SEEDS, MEASURE_STEPS, MEASURE_WIDTHS } from '../work/measureSettings.ts';

/** What the scripts are of. */
export interface Classifying {
  readonly columns: Columns;
  readonly depth: number;
  readonly optimizer: string;
}

const parametrizationOf = ({ columns }: Classifying) => ({
  text: `parseParametrization(${JSON.stringify(columnsJson(columns))}, 'your own')`,
  imports: { 'nexort/parametrizations': ['parseParametrization'] },
});

/** Prints the regime, the words of the verdict, the r of each layer, and reasons. */
export function classifyScript(asked: Classifying): string {
  const { depth, optimizer: given } = asked;
  const name = given.trim();
  const isRule = UPDATE_RULE_NAMES.includes(name);
  const optimizer = optimizerCode(name);
  const parametrization = parametrizationOf(asked);
  const rule = isRule
    ? `updateRule(${literal(name)})`
    : `ruleOf(${optimizer.text}, { settings: ${JSON.stringify(optimizerOf(name).settings)} })`;
  const own = {
    'nexort/parametrizations': [
      'classify',
      'type Exponent',
      'finite',
      'printExponent',
      isRule ? 'updateRule' : 'ruleOf',
    ],
  };
  return `/** Which limit a parametrization has: npx tsx with this file, nexort installed. */

${importLines([own, parametrization.imports, ...(isRule ? [] : [optimizer.imports])])}

const parametrization = ${parametrization.text};
const { regime, r, readout, stable, faithful, nontrivial, layers, reasons } = classify(parametrization, {
  depth: ${depth},
  optimizer: ${rule},
});
const shown = (exponent: Exponent): string => (finite(exponent) ? printExponent(exponent) : 'infinity');

console.log(\`\${regime}: r = \${shown(r)}, x = \${shown(readout)}\`);
console.log(\`stable \${stable}, faithful \${faithful}, nontrivial \${nontrivial ?? 'unclear'}\`);
for (const { layer, r: own } of layers) console.log(\`layer \${layer}: r = \${shown(own)}\`);
for (const { text } of reasons) console.log(text);
`;
}

/** Prints what small networks measure. The rate is that of the page's measurement. */
export const measureScript = (asked: Classifying, rate: number): string =>
  coordScript({
    ...{ depth: asked.depth, activation: 'relu', optimizer: asked.optimizer.trim(), rate },
    settings: optimizerOf(asked.optimizer).settings,
    parametrization: parametrizationOf(asked),
    ...{ widths: MEASURE_WIDTHS, seeds: MEASURE_SEEDS, seed: 0, steps: MEASURE_STEPS },
    ...{ batch: MEASURE_BATCH, input: MEASURE_INPUT },
  });
