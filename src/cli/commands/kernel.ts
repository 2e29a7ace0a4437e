/** `nexort kernel`: classify a task with the empirical kernel of a checkpoint. */

import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { nodeEngine } from '../../finite/index.ts';
import {
  DRAW_SEEDS,
  findTask,
  type KernelRunResult,
  runKernel,
  type SolverMethod,
  type Summary,
} from '../../lm/index.ts';
import { count, nonNegative, seeds } from '../options.ts';
import { duration, progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { table } from '../table.ts';

/** The model that comes with the package, from the source tree and from the compiled one alike. */
const EMBEDDED_MODEL = fileURLToPath(new URL('../../../models/tiny-mlm', import.meta.url));
/** Draws of the embedded task, which is for a first look. */
const FIRST_LOOK_SEEDS = 3;

interface Options {
  readonly data?: string;
  readonly model?: string;
  readonly k: number;
  readonly seeds?: readonly number[];
  readonly params: string;
  readonly untie: boolean;
  readonly solver: SolverMethod;
  readonly ridge: number;
  readonly limit?: number;
  readonly threads?: number;
  readonly json: boolean;
}

/** Adds the command. */
export function addKernelCommand(program: Command): void {
  program
    .command('kernel')
    .description('classify a task from a few examples with the empirical kernel of a language model')
    .argument('[task]', 'a task (nexort tasks lists them)', 'afinn')
    .option('--data <folder>', 'folder with TASK.jsonl or TASK.jsonl.gz; the task afinn needs none')
    .option('--model <folder>', 'Hugging Face checkpoint folder (default: the embedded tiny-mlm)')
    .option('--k <number>', 'training examples for each class', count, 16)
    .option('--seeds <list>', `seeds of the draws (default: ${DRAW_SEEDS.join(',')}; the first three for afinn)`, seeds)
    .option('--params <choice>', 'all, no-embeddings, no-head, biases, or match:PATTERN,!PATTERN with *', 'all')
    .option('--untie', 'count the decoder as a parameter apart from the word embeddings', false)
    .addOption(new Option('--solver <method>', 'least squares').choices(['ridge', 'pinv']).default('ridge'))
    .option('--ridge <multiple>', 'ridge, as a multiple of the operator norm of the kernel', nonNegative, 1e-3)
    .option('--limit <number>', 'evaluate on so many test examples, a fixed random choice', count)
    .option('--threads <number>', 'threads of the engine (default: all cores)', count)
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText(
      'after',
      '\nExamples:\n  nexort kernel\n  nexort kernel sst-2 --data tasks --seeds 13,21\n  nexort kernel subj --data tasks --params biases --limit 200',
    )
    .action((task: string, options: Options) => runCommand(() => kernel(task, options)));
}

async function kernel(name: string, options: Options): Promise<void> {
  const task = findTask(name);
  const embedded = options.data === undefined && task.name === 'afinn';
  const draws = options.seeds ?? (embedded ? DRAW_SEEDS.slice(0, FIRST_LOOK_SEEDS) : DRAW_SEEDS);
  const engine = nodeEngine(options.threads === undefined ? {} : { threads: options.threads });
  const shown = progress(`kernel of ${task.name}`);
  try {
    const result = await runKernel({
      engine,
      task,
      model: options.model ?? EMBEDDED_MODEL,
      ...(options.data === undefined ? {} : { data: options.data }),
      shots: options.k,
      seeds: draws,
      parameters: options.params,
      untie: options.untie,
      solver: options.solver,
      ridge: options.ridge,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    const model = options.model ?? 'tiny-mlm (embedded)';
    process.stdout.write(
      options.json ? `${JSON.stringify({ ...result, model })}\n` : report({ ...result, model }, embedded),
    );
  } finally {
    shown.stop();
    await engine.release();
  }
}

const percent = (value: number): string => (100 * value).toFixed(1);

const spread = ({ mean, std, values }: Summary): string =>
  values.length > 1 ? `${percent(mean)} ± ${percent(std)}` : percent(mean);

function report(result: KernelRunResult, embedded: boolean): string {
  const { parameters, solver, truncated } = result;
  const draws = result.seeds.length === 1 ? '1 draw' : `${result.seeds.length} draws`;
  const lines = [
    `${result.task}: ${result.shots} examples per class, ${draws}, ${result.evaluated} evaluated, ${result.metric} in percent`,
    table(
      ['', result.metric, `by seed (${result.seeds.join(', ')})`],
      [
        ['zero-shot', spread(result.zeroShot), ''],
        ['SGD kernel', spread(result.kernels.sgd), result.kernels.sgd.values.map(percent).join('  ')],
      ],
    ),
    `model       ${result.model}`,
    `parameters  ${parameters.choice}: ${parameters.count.toLocaleString('en-US')} in ${parameters.tensors} tensors`,
    `solver      least squares${solver.method === 'ridge' ? `, ridge ${solver.ridge} × operator norm` : ', minimum norm'}`,
    `cost        ${result.gradients} gradients, ${duration(result.seconds)}, ${(result.peakBytes / 2 ** 30).toFixed(1)} GiB at peak`,
  ];
  for (const { reason, parameters: zero } of parameters.zeroGradient) {
    lines.push(`note        ${zero.length} tensors have gradient 0: ${reason}`);
  }
  if (truncated.examples > 0) {
    lines.push(`note        ${truncated.examples} texts were too long; ${truncated.tokens} tokens were cut from them`);
  }
  if (embedded)
    lines.push(
      '',
      'Next, a task of your own data:  npx nexort kernel sst-2 --data FOLDER    (npx nexort tasks lists the tasks)',
    );
  return `${lines.join('\n')}\n`;
}
