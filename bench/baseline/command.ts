/** `npm run bench -- baseline`: every figure beside that of another checkout. */

import { Command } from 'commander';
import { count } from '../../src/cli/options.ts';
import { environment } from '../harness/machine.ts';
import { atLeast, counts, someOf } from '../options.ts';
import { RESULTS, say, write } from '../output.ts';
import { WORKLOADS, type WorkloadName } from '../train/workloads.ts';
import { type BaselineOptions, baselineBench, failed } from './bench.ts';
import { BENCHES, SIDES } from './cases.ts';
import { findCheckout, TO_GET_ONE } from './checkout.ts';
import { baselineMarkdown, baselineReport } from './report.ts';

/** Sizes of the kernel bench that no option changes here, and threads of each side. */
const SIZES = { layers: 6, examples: 64, threads: 2 } as const;

export const baselineCommand = new Command('baseline')
  .description('the figures of this checkout beside those of another one: nothing may have become slower')
  .requiredOption('--against <folder>', 'another checkout of nexort, with its own node_modules')
  .option('--benches <list>', 'what is measured', someOf(BENCHES), [...BENCHES])
  .option('--workloads <list>', 'train: what is trained', someOf(WORKLOADS), [...WORKLOADS])
  .option('--tokens <list>', 'kernel: tokens of each example, one case each', counts, [32, 128])
  .option('--widths <list>', 'kets: widths of runs in processes that stay', counts, [2048, 8192])
  .option('--scale-widths <list>', 'kets: widths of runs in processes of their own', counts, [32_768, 131_072])
  .option('--seeds <number>', 'kets: runs of each side whose answers are compared, at least', atLeast(2), 8)
  .option('--rounds <number>', 'runs of each side; fewer than 7 give no verdict', count, 7)
  .option('--markdown', 'print the table as Markdown', false)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .addHelpText('after', `\nTo get a baseline:\n  ${TO_GET_ONE}`)
  .action(async ({ against, out, markdown, ...settings }: CommandOptions) => {
    const { root, commit } = findCheckout(
      against,
      settings.benches.map((bench) => SIDES[bench]),
    );
    // Before the first process: of a checkout that changes meanwhile, this is what was measured first.
    const where = environment();
    const results = await baselineBench({ ...SIZES, ...settings, root, say });
    const about = { baseline: commit, rounds: settings.rounds };
    console.log((markdown ? baselineMarkdown : baselineReport)(results, about, where));
    const result = { settings: { ...SIZES, ...settings }, baseline: commit, results };
    // A file of Markdown is written from stdout, and is to hold nothing else.
    await write(out, 'baseline', where, result, markdown ? say : console.log);
    if (failed(results)) process.exitCode = 1;
  });

interface CommandOptions extends Omit<BaselineOptions, 'root' | 'say' | 'width' | keyof typeof SIZES> {
  readonly against: string;
  readonly workloads: readonly WorkloadName[];
  readonly markdown: boolean;
  readonly out: string;
}
