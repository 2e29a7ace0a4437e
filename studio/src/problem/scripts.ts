/** The training of one side as text: a script on the public package, and the program of one update. */

import { mlp } from 'nexort/nets';
import { printProgram } from 'nexort/program';
import { trainingStep } from 'nexort/training';
import { activationCode, importLines, optimizerCode, parametrizationCode } from './code.ts';
import { rowsOf } from './grid.ts';
import { posed } from './pose.ts';
import { activationOf, optimizerOf } from './rules.ts';
import { type LimitSpec, SUBSAMPLE } from './spec.ts';

/** Which text of a training is asked for. */
export interface TextJob {
  readonly kind: 'script' | 'program';
  readonly spec: LimitSpec;
}

/** In a worker, which has the library whole; the page would grow by a tenth. Throws as the two below. */
export const trainingText = async ({ kind, spec }: TextJob): Promise<string> =>
  kind === 'script' ? limitScript(spec) : stepProgram(spec);

/** One update of a finite network, in the language of programs. Throws {@link UserError} as `trainingStep`. */
export function stepProgram(spec: LimitSpec): string {
  // Without what is looked at besides, and the data, which are inputs of the program.
  const { net: _, data: __, batches: ___, steps: ____, outputs: _____, ...options } = posed(spec).problem;
  const net = mlp({ depth: spec.depth, activation: activationOf(spec.activation) });
  return printProgram(trainingStep(net, options));
}

/** TypeScript that computes the limit of the page, and prints its losses. */
export function limitScript(spec: LimitSpec): string {
  const { depth, rate, steps, seed, samples, scramblings, points } = spec;
  const activation = activationCode(spec.activation);
  const optimizer = optimizerCode(spec.optimizer);
  const parametrization = parametrizationCode(spec.parametrization);
  const rows = rowsOf(points);
  const settings = { ...optimizerOf(spec.optimizer).settings, learningRate: rate };
  const inputs = rows[0]?.inputs.length ?? 0;
  const own = { 'nexort/experiments': ['limitPath'], 'nexort/nets': ['mlp'], 'nexort/program': ['tensor'] };
  return `/** A training at infinite width: npx tsx with this file, nexort installed. */

${importLines([own, activation.imports, optimizer.imports, parametrization.imports])}

/** Inputs with targets: the points that are trained on, then places where the function is only looked at. */
const inputs = [
${rows.map((row) => `  [${row.inputs.join(', ')}],`).join('\n')}
];
const targets = [${rows.map(({ target }) => target).join(', ')}];

const path = await limitPath(
  {
    net: mlp({ depth: ${depth}, activation: ${activation.text} }),
    parametrization: ${parametrization.text},
    optimizer: ${optimizer.text},
    settings: ${JSON.stringify(settings)},
    loss: 'squared',
    reduction: 'mean',
    data: {
      x: tensor(['batch', 'input'], [inputs.length, ${inputs}], Float64Array.from(inputs.flat())),
      target: tensor(['batch'], [targets.length], Float64Array.from(targets)),
    },
    batches: [[${points.map((_, k) => k).join(', ')}]],
    steps: ${steps},
  },
  { seeds: ${scramblings}, seed: ${seed}, samples: ${samples}, subsample: ${Math.min(SUBSAMPLE, samples)} },
);

for (const [step, { value, standardError }] of (path.losses ?? []).entries())
  console.log(\`after \${step} updates: \${value} ± \${standardError}\`);
`;
}
