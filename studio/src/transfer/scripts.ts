/** A sweep and a check of coordinates of the page as TypeScript on the public package. */

import { activationCode, importLines, optimizerCode, parametrizationCode } from '../problem/code.ts';
import { coordScript } from '../problem/coordScript.ts';
import { BATCH, COORD_BATCH, COORD_INPUT, sweptSettings } from '../problem/sweeps.ts';
import type { CoordSpec, SweepSpec } from './spec.ts';

/** Prints every loss, and the verdict of each parametrization. */
export function sweepScript(spec: SweepSpec): string {
  const { depth, widths, rates, seed, seeds, steps, samples } = spec;
  const activation = activationCode(spec.activation);
  const optimizer = optimizerCode(spec.optimizer);
  const parametrizations = spec.parametrizations.map((name) => parametrizationCode(name, 'rule'));
  const needsRule = parametrizations.some(({ text }) => text.includes(', rule)'));
  const own = {
    'nexort/experiments': ['teacherExamples', 'transfer'],
    'nexort/finite': ['interpretedStepper'],
    'nexort/nets': ['mlp'],
    'nexort/reference': ['interpret'],
    ...(needsRule ? { 'nexort/parametrizations': ['ruleOf'] } : {}),
  };
  const areFinite = widths.every(Number.isFinite);
  return `/** Loss against learning rate over widths: npx tsx with this file, nexort installed. */

${importLines([own, activation.imports, optimizer.imports, ...parametrizations.map(({ imports }) => imports)])}

const optimizer = ${optimizer.text};
const settings = ${JSON.stringify(sweptSettings(spec.optimizer))};
${needsRule ? 'const rule = ruleOf(optimizer, { settings });\n' : ''}const examples = await teacherExamples({ run: interpret });
const { sweeps } = await transfer({
  net: mlp({ depth: ${depth}, activation: ${activation.text}, classes: examples.classes }),
  optimizer,
  settings,
  parametrizations: [
${parametrizations.map(({ text }) => `    ${text},`).join('\n')}
  ],
  examples,
  widths: [${widths.filter(Number.isFinite).join(', ')}],
${areFinite ? '' : `  infinite: { samples: ${samples} },\n`}  values: [${rates.join(', ')}],
  seed: ${seed},
  seeds: ${seeds},
  steps: ${steps},
  batch: ${BATCH},
  stepper: interpretedStepper(interpret),
});

for (const { parametrization, widths, infinite, text } of sweeps) {
  for (const { width, points } of [
    ...widths,
    ...(infinite === undefined || 'reason' in infinite ? [] : [{ ...infinite, width: Infinity }]),
  ])
    for (const { value, loss, standardError } of points)
      console.log(\`\${parametrization}, n = \${width}, rate \${value}: \${loss} ± \${standardError}\`);
  console.log(text);
}
`;
}

/** Prints every exponent with its interval. */
export const checkedScript = (spec: CoordSpec): string =>
  coordScript({
    ...spec,
    settings: sweptSettings(spec.optimizer),
    parametrization: parametrizationCode(spec.parametrization, 'rule'),
    ...{ batch: COORD_BATCH, input: COORD_INPUT },
  });
