/** A check of coordinates as TypeScript on the public package. */

import { activationCode, type Code, importLines, optimizerCode } from './code.ts';
import type { optimizerOf } from './rules.ts';

export interface CheckedCoordinates {
  readonly depth: number;
  readonly activation: string;
  readonly optimizer: string;
  /** Beside those of the optimizer's words. */
  readonly settings: ReturnType<typeof optimizerOf>['settings'];
  /** May name `rule`, that of the optimizer. */
  readonly parametrization: Code;
  readonly rate: number;
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
}

/** Prints a line for each size that is measured: its exponent with the interval, and what is predicted. */
export function coordScript(asked: CheckedCoordinates): string {
  const { depth, parametrization, rate, widths, seeds, seed, steps, batch, input } = asked;
  const activation = activationCode(asked.activation);
  const optimizer = optimizerCode(asked.optimizer);
  const needsRule = /\brule\b/.test(parametrization.text);
  const own = {
    'nexort/experiments': ['coordinateCheck', 'randomExamples'],
    'nexort/finite': ['interpretedStepper'],
    'nexort/nets': ['mlp'],
    'nexort/reference': ['interpret'],
    ...(needsRule ? { 'nexort/parametrizations': ['ruleOf'] } : {}),
  };
  return `/** How coordinates scale with the width: npx tsx with this file, nexort installed. */

${importLines([own, activation.imports, optimizer.imports, parametrization.imports])}

const optimizer = ${optimizer.text};
const settings = ${JSON.stringify(asked.settings)};
${needsRule ? 'const rule = ruleOf(optimizer, { settings });\n' : ''}const { measured, verdict } = await coordinateCheck({
  net: mlp({ depth: ${depth}, activation: ${activation.text} }),
  data: randomExamples({ batch: ${batch}, input: ${input}, seed: ${seed} }),
  sizes: { batch: ${batch}, input: ${input} },
  loss: 'squared',
  parametrization: ${parametrization.text},
  optimizer,
  settings: { ...settings, learningRate: ${rate} },
  widths: [${widths.join(', ')}],
  seeds: ${seeds},
  seed: ${seed},
  steps: ${steps},
  stepper: interpretedStepper(interpret),
});

for (const { layer, quantity, step, exponent, interval, predicted, judgement } of measured)
  console.log(
    \`\${layer}, \${quantity}, after \${step} updates: n^\${exponent} (\${interval?.join(' to ')}), predicted n^\${predicted}: \${judgement}\`,
  );
console.log(verdict);
`;
}
