/** A run folder read by the library, as TypeScript. */

import { importLines } from '../problem/code.ts';
import { literal } from '../problem/quoting.ts';

/** Prints the scores of the page, and the spectra of its kernels from the largest eigenvalue on. */
export const runScript = (
  folder: string,
): string => `/** A finished run: npx tsx with this file and the run folder, nexort installed. */

${importLines([
  {
    'node:fs': ['readFileSync'],
    'node:path': ['join'],
    'nexort/lm/node': ['type KernelRunRecord'],
    'nexort/numeric': ['matrix', 'symmetricEigen'],
    'nexort/runs': ['readRun'],
    'nexort/runs/tensors': ['decodeTensors'],
  },
])}

const folder = process.argv[2] ?? ${literal(folder)};
const run = await readRun(folder);
const { result } = run.result as unknown as KernelRunRecord; // as nexort kernel has written it

const scores = { ...(result.zeroShot === undefined ? {} : { 'without training': result.zeroShot }), ...result.kernels };
for (const [name, { mean, std }] of Object.entries(scores)) console.log(\`\${name}: \${result.metric} \${mean} ± \${std}\`);
console.log(\`best constant answer: \${result.chance}\`);

const tensors = decodeTensors(readFileSync(join(folder, 'kernels.safetensors')));
for (const [name, { shape, data }] of Object.entries(tensors)) {
  const size = shape[1] ?? 0;
  if (!name.startsWith('kernel.') || size === 0) continue;
  // The first rows are the examples of the columns; of a kernel that is not symmetric its symmetric part.
  const at = (row: number, column: number): number => Number(data[row * size + column]);
  const square = Float64Array.from({ length: size * size }, (_, k) => {
    const [row, column] = [Math.floor(k / size), k % size];
    return (at(row, column) + at(column, row)) / 2;
  });
  const { values } = symmetricEigen(matrix(size, size, square));
  console.log(\`\${name}: \${[...values].sort((a, b) => b - a).join(', ')}\`);
}
`;
