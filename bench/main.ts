/**
 * `npm run bench -- NAME`: benchmarks against peers and a baseline, and checkpoints to measure on. Ends with 1 where an
 * answer is wrong, a bound is missed or a figure is worse than before.
 */

import { Argument, Command, Option } from 'commander';
import { count, memory } from '../src/cli/options.ts';
import { baselineCommand } from './baseline/command.ts';
import { environment } from './harness/machine.ts';
import { kernelBench } from './kernel/bench.ts';
import { kindsBench, kindsReport } from './kernel/kinds.ts';
import { KERNELS, type RivalKernel, TO_GET_IT, VARIANTS, type Variant } from './kernel/peer.ts';
import { kernelReport } from './kernel/report.ts';
import { failed, type KetsBenchOptions, ketsBench, LARGE, PARTS } from './kets/bench.ts';
import { ketsReport } from './kets/report.ts';
import { failed as failedLimits, PARTS as LIMIT_PARTS, type LimitsBenchOptions, limitsBench } from './limits/bench.ts';
import { RULES } from './limits/problems.ts';
import { limitsReport } from './limits/report.ts';
import { TO_GET_SCIPY } from './limits/sides.ts';
import {
  failed as failedNtk,
  PARTS as NTK_PARTS,
  type NtkBenchOptions,
  ntkBench,
  TO_GET_IT as TO_GET_NT,
} from './ntk/bench.ts';
import { SPEED_NAMES } from './ntk/cases.ts';
import { ntkReport } from './ntk/report.ts';
import { atLeast, counts, fraction, seed, size, sizes, someOf } from './options.ts';
import { RESULTS, say, write } from './output.ts';
import { failures, type PredictionsOptions, predictionsBench } from './predictions/bench.ts';
import { predictionsReport } from './predictions/report.ts';
import { SHAPE_NAMES, SHAPES, type ShapeName } from './shapes/shapes.ts';
import { writeShape } from './shapes/write.ts';
import { type StreamingBenchOptions, streamingBench, streamingReport } from './streaming/bench.ts';
import { type StudioBenchOptions, studioBench, studioReport } from './studio/bench.ts';
import { failed as failedTrain, type TrainBenchOptions, trainBench } from './train/bench.ts';
import { PEERS, TO_GET_THEM, USUAL } from './train/peers.ts';
import { trainReport } from './train/report.ts';
import { WORKLOADS } from './train/workloads.ts';
import { type WorkersBenchOptions, workersBench } from './workers/bench.ts';
import { simulationReport, workersReport } from './workers/report.ts';
import { type SimulationResult, simulated } from './workers/simulation.ts';

const program = new Command('bench')
  .description('Benchmarks against peers and a baseline, and checkpoints to measure on.')
  .showHelpAfterError();

program
  .command('kernel')
  .description('a symmetric empirical kernel beside vectorised per-example gradients in PyTorch')
  .option('--tokens <list>', 'tokens of each example, one case each', counts, [32, 128])
  .option('--pairs <number>', 'runs of each side; fewer than 7 give no verdict', count, 7)
  .option('--examples <number>', 'rows and columns of the kernel', count, 64)
  .option('--layers <number>', 'blocks of the encoder', count, 6)
  .option('--threads <number>', 'threads of each side', count, 2)
  .addOption(
    new Option('--peer <variant>', 'how PyTorch runs; the bounds are set for stock')
      .choices([...VARIANTS, 'both'])
      .default('stock'),
  )
  .addOption(new Option('--kernel <name>', 'of which optimizer').choices([...KERNELS]).default('sgd'))
  .option('--kinds', "SignGD's and A-SignGD's kernels beside SGD's, instead of PyTorch", false)
  .option('--chunk <number>', "examples that PyTorch differentiates together (default: the variant's own)", count)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .addHelpText('after', `\nPyTorch is found by NEXORT_PYTHON or python3. To get it:\n  ${TO_GET_IT}`)
  .action(async (options: KernelOptions) => {
    const { out, kinds, ...settings } = options;
    const shape = { width: 384, heads: 12, feedForward: 1536 };
    if (kinds) {
      const results = await kindsBench({ ...shape, ...settings, say });
      console.log(kindsReport(results));
      await write(out, 'kernel-kinds', environment(), { settings: { ...shape, ...settings }, results });
      if (results.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1;
      return;
    }
    const variants = settings.peer === 'both' ? VARIANTS : [settings.peer];
    const cases = await kernelBench({ ...shape, ...settings, variants, say });
    const where = environment();
    console.log(kernelReport(cases, where));
    await write(out, 'kernel', where, { settings: { ...shape, ...settings }, cases });
    if (cases.some(({ verdict }) => verdict === 'answers differ' || verdict === 'missed')) process.exitCode = 1;
  });

interface KernelOptions {
  readonly kernel: RivalKernel;
  readonly kinds: boolean;
  readonly tokens: readonly number[];
  readonly pairs: number;
  readonly examples: number;
  readonly layers: number;
  readonly threads: number;
  readonly peer: Variant | 'both';
  readonly chunk?: number;
  readonly out: string;
}

program
  .command('kets')
  .description('lazy kets beside dense simulation, quasi-random beside pseudo-random ones, time and memory by width')
  .option('--parts <list>', 'what is measured', someOf(PARTS), [...PARTS])
  .option('--widths <list>', 'speed: widths, one case each', counts, [2048, 8192])
  .option('--seeds <number>', 'speed: runs of each side whose answers are compared', atLeast(2), 16)
  .option('--pairs <number>', 'speed: runs of each side; fewer than 7 give no verdict', count, 7)
  .option('--threads <number>', 'speed: threads of the dense side', count, 2)
  .option('--spread-widths <list>', 'spread: widths, powers of two', counts, [1024, 4096])
  .option('--spread-seeds <number>', 'spread: runs of each sampling', atLeast(3), 32)
  .option('--scale-widths <list>', 'scale: widths', counts, [32_768, 65_536, 131_072, 262_144])
  .option('--repeats <number>', 'scale: runs at each width; fewer than 7 give no verdict', count, 7)
  .option('--large', `scale: one run at ${LARGE} as well`, false)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .action(async ({ out, ...settings }: KetsOptions) => {
    const result = await ketsBench({ ...settings, say });
    const where = environment();
    console.log(ketsReport(result, where));
    await write(out, 'kets', where, { settings, ...result });
    if (failed(result)) process.exitCode = 1;
  });

interface KetsOptions extends Omit<KetsBenchOptions, 'say'> {
  readonly out: string;
}

program
  .command('train')
  .description('training steps beside PyTorch, JAX and jax-js')
  .option('--workloads <list>', 'what is trained', someOf(WORKLOADS), [...WORKLOADS])
  .option('--peers <list>', `rivals, of ${PEERS.join(',')}`, someOf(PEERS), [...USUAL])
  .option('--rounds <number>', 'runs of each side; fewer than 7 give no verdict', count, 7)
  .option('--threads <number>', 'threads of each side; the bounds are set for 2', count, 2)
  .option('--steps <number>', 'steps of a run (default: 20, 10 and 10)', count)
  .option('--width <number>', 'another width of hidden layers, for which no bound is set', count)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .addHelpText('after', `\nPython is NEXORT_PYTHON or python3. To get the rivals:\n  ${TO_GET_THEM}`)
  .action(async ({ out, ...settings }: TrainOptions) => {
    const cases = await trainBench({ ...settings, say });
    const where = environment();
    console.log(trainReport(cases, where));
    await write(out, 'train', where, { settings, cases });
    if (failedTrain(cases)) process.exitCode = 1;
  });

interface TrainOptions extends Omit<TrainBenchOptions, 'say'> {
  readonly out: string;
}

program
  .command('predictions')
  .description('what kernels predict of networks of finite width that are trained on handwritten digits')
  .option('--widths <list>', 'widths of the hidden layers', counts, [256, 1024, 4096])
  .option('--seeds <list>', 'networks at each width, at least 2', counts, [12, 8, 4])
  .option('--examples <number>', 'digits to train on', count, 64)
  .option('--tests <number>', 'digits to test on', count, 64)
  .option('--steps <list>', 'steps of descent after which outputs are compared, rising', counts, [1, 8, 32])
  .option('--threads <number>', 'threads of the training', count, 2)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .addHelpText('after', '\nInstalls the package mnist (42 MB) below bench/results where it is not there.')
  .action(async ({ out, ...settings }: PredictionsSettings) => {
    const result = await predictionsBench({ ...settings, say });
    const where = environment();
    console.log(predictionsReport(result, settings.steps, where));
    await write(out, 'predictions', where, { settings, ...result });
    if (failures(result).length > 0) process.exitCode = 1;
  });

interface PredictionsSettings extends Omit<PredictionsOptions, 'say' | 'install'> {
  readonly out: string;
}

program
  .command('ntk')
  .description('closed-form tangent kernels beside neural-tangents, and how their time grows')
  .option('--parts <list>', 'what is measured', someOf(NTK_PARTS), [...NTK_PARTS])
  .option('--cases <list>', 'speed: networks', someOf(SPEED_NAMES), [...SPEED_NAMES])
  .option('--rounds <number>', 'runs of each side; fewer than 7 give no verdict', count, 7)
  .option('--threads <number>', 'threads of ours; the bounds are set for 2, the rival takes all cores', count, 2)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .addHelpText('after', `\nPython is NEXORT_PYTHON or python3. To get the rival:\n  ${TO_GET_NT}`)
  .action(async ({ out, ...settings }: NtkOptions) => {
    const result = await ntkBench({ ...settings, say });
    const where = environment();
    console.log(ntkReport(result, where));
    await write(out, 'ntk', where, { settings, ...result });
    if (failedNtk(result)) process.exitCode = 1;
  });

interface NtkOptions extends Omit<NtkBenchOptions, 'say'> {
  readonly out: string;
}

program
  .command('limits')
  .description('limits of training beside dense networks, of a transformer, and of Adam beside NumPy')
  .option('--parts <list>', 'what is measured', someOf(LIMIT_PARTS), [...LIMIT_PARTS])
  .option('--rules <list>', 'cost: rules', someOf(RULES), [...RULES])
  .option(
    '--sizes <list>',
    'cost: samples with sgd and momentum; the last are the reference',
    sizes,
    sizes('1024,2048,4096'),
  )
  .option('--adam-sizes <list>', 'cost: samples with adam', sizes, sizes('512x128,1024x128,1024x256'))
  .option('--scramblings <number>', 'cost: scramblings of a run', atLeast(2), 2)
  .option(
    '--tolerance <number>',
    "cost: size of directions that the limit leaves out (default: the library's)",
    fraction,
  )
  .option('--widths <list>', 'cost: widths of the networks, at least two', counts, [64, 128, 256, 512, 1024])
  .option('--seconds <number>', 'cost: CPU of the networks of each width in a round', count, 10)
  .option('--rounds <number>', 'cost: rounds; fewer than 7 give no verdict', atLeast(2), 8)
  .option('--transformer-size <size>', 'transformer: samples to an error of 1e-2', size, size('512x64'))
  .option('--transformer-scramblings <number>', 'transformer: scramblings of such a run', atLeast(2), 4)
  .option('--repeats <number>', 'transformer: runs; fewer than 7 give no verdict', count, 7)
  .option('--large', "transformer: one run at the library's own size as well", false)
  .option('--samples <number>', 'tangent: rows and columns of a tile, a power of two', count, 2048)
  .option('--tangent-scramblings <number>', 'tangent: scramblings of a run', atLeast(2), 8)
  .option('--pairs <number>', 'tangent: runs of each side; fewer than 7 give no verdict', count, 7)
  .option('--threads <number>', 'tangent: threads of NumPy', count, 1)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .addHelpText('after', `\nNumPy and SciPy are found by NEXORT_PYTHON or python3. To get them:\n  ${TO_GET_SCIPY}`)
  .action(async ({ out, ...settings }: LimitsOptions) => {
    const result = await limitsBench({ ...settings, say });
    const where = environment();
    console.log(limitsReport(result, where));
    await write(out, 'limits', where, { settings, ...result });
    if (failedLimits(result)) process.exitCode = 1;
  });

interface LimitsOptions extends Omit<LimitsBenchOptions, 'say'> {
  readonly out: string;
}

program
  .command('workers')
  .description('what claims of shared runs cost: operations of the file system by the number of workers, and time')
  .option('--workers <list>', 'workers at once, one case each', counts, [1, 10, 100, 1000])
  .option('--units-each <number>', 'units for each worker, at least 1000 in all', count, 10)
  .option('--unit-milliseconds <number>', 'of a unit, on average', count, 500)
  .option('--simulate', 'instead, by a clock of its own, on a server in memory that is asked second by second', false)
  .option('--unit-seconds <number>', 'of --simulate: of a unit, on average', count, 60)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .action(async ({ out, simulate, unitSeconds, ...settings }: WorkersSettings) => {
    if (simulate) {
      const { workers, unitsEach } = settings;
      const results: SimulationResult[] = [];
      for (const some of workers) {
        results.push(await simulated({ workers: some, unitsEach, unitSeconds }));
        console.log(simulationReport(results));
      }
      await write(out, 'workers-simulated', environment(), { settings: { workers, unitsEach, unitSeconds }, results });
      return;
    }
    const result = await workersBench(settings);
    const where = environment();
    console.log(workersReport(result, where));
    await write(out, 'workers', where, { settings, ...result });
  });

interface WorkersSettings extends WorkersBenchOptions {
  readonly simulate: boolean;
  readonly unitSeconds: number;
  readonly out: string;
}

program
  .command('studio')
  .description('how soon the studio shows a curve, how smoothly it trains, and how fast it answers, in Chromium')
  .option('--rounds <number>', 'times that the page is opened', count, 7)
  .option('--seconds <number>', 'of training, in which frames are counted', count, 6)
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .action(async ({ out, ...settings }: StudioSettings) => {
    const rounds = await studioBench(settings);
    console.log(studioReport(rounds));
    await write(out, 'studio', environment(), { settings, rounds });
  });

interface StudioSettings extends StudioBenchOptions {
  readonly out: string;
}

program.addCommand(baselineCommand);

program
  .command('shape')
  .description('write a checkpoint with random weights, to measure time and memory on')
  .addArgument(new Argument('<name>', 'shape of the encoder').choices(SHAPE_NAMES))
  .requiredOption('--out <folder>', 'folder of the checkpoint; it may hold none yet')
  .option('--seed <number>', 'seed of the weights', seed, 0)
  .action(async (name: ShapeName, { out, seed: drawn }: ShapeOptions) => {
    const parameters = await writeShape(out, SHAPES[name], drawn);
    console.log(`written to ${out}: ${parameters.toLocaleString('en-US')} parameters`);
  });

program
  .command('streaming')
  .description('a kernel of a Llama of 7 billion parameters within 8 GB')
  .requiredOption('--data <path>', 'file or folder with sst-2')
  .option('--layers <number>', 'blocks, of which 7 billion parameters have 32', count)
  .option('--width <number>', 'width, which is 4096 there', count)
  .option('--memory <size>', 'most memory of the process', memory, memory('8GB'))
  .option('--folder <path>', 'where model and blocks stay, so that a run that is stopped goes on (default: removed)')
  .option('--out <folder>', 'folder of the JSON result', RESULTS)
  .action(async (options: StreamingBenchOptions) => {
    const result = await streamingBench(options);
    console.log(streamingReport(result));
    if (!result.met) process.exitCode = 1;
  });

interface ShapeOptions {
  readonly out: string;
  readonly seed: number;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
