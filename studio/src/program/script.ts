/** The check of the page as TypeScript on the public package. */

import type { Program } from 'nexort/program';
import { importLines } from '../problem/code.ts';
import { CHECK_SAMPLES, CHECK_SCRAMBLINGS, CHECK_SEEDS, checkWidths } from '../work/program.ts';

/** Prints the limits, exponents and verdicts of the page; of a program outside of NE⊗OR⊤ the means by width. */
export function checkScript(text: string, program: Program, steps: number): string {
  return `/** A program and its limit: npx tsx with this file, nexort installed. */

${importLines([{ 'nexort/experiments': ['check'], 'nexort/program': ['parseProgram'], 'nexort/reference': ['interpret'] }])}

const program = parseProgram(\`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`);

const { outputs, finite } = await check(program, {
  widths: [${checkWidths(program).join(', ')}],
  seeds: ${CHECK_SEEDS},
  samples: ${CHECK_SAMPLES},
  scramblings: ${CHECK_SCRAMBLINGS},
  steps: ${steps},
  run: interpret,
});

for (const { name, limit, standardError, exponent, verdict } of outputs)
  console.log(\`\${name}: \${limit} ± \${standardError}, exponent \${exponent ?? 'none'}: \${verdict}\`);
for (const { name, widths } of finite)
  console.log(\`\${name}: \${widths.map(({ width, mean }) => \`\${mean} at \${width}\`).join(', ')}\`);
`;
}
