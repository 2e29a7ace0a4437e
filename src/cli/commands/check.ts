/** `nexort check`: the Master Theorem on a program of one's own. */

import type { Command } from 'commander';
import type { Sizes } from '../../program/index.ts';
import { checkApart } from '../checkProcess.ts';
import { checkSummary } from '../checkSummary.ts';
import { figureWriter } from '../figureFile.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { count, countFromZero, defaultMemory, memory, powerOfTwo, sizes, widths } from '../options.ts';
import { located, readProgramFile } from '../programFile.ts';
import { programInputs } from '../programInputs.ts';
import { progress } from '../progress.ts';
import { FAILED, runCommand } from '../run.ts';
import { print } from '../terminal.ts';

interface Options {
  readonly widths?: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly steps: number;
  readonly sizes?: Sizes;
  readonly data?: string;
  readonly samples?: number;
  readonly scramblings?: number;
  readonly memory?: number;
  /** True where no file is given. */
  readonly plot?: string | true;
  readonly json: boolean;
}

/** Adds the command. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('compare a program (.nex) at finite widths with its infinite-width limit')
    .usage('[options] <file>')
    .argument('[file]', 'the program, a .nex file')
    .option('--widths <list>', 'finite widths (default: five up to 512, fewer where values are large)', widths)
    .option('--seeds <number>', 'runs at each width', count, 100)
    .option('--steps <number>', 'steps of a program with state; the outputs of the last one are checked', count, 1)
    .option('--seed <number>', 'seed of the first run; the others follow', countFromZero, 0)
    .option('--size, --sizes <list>', 'sizes that the program leaves open, such as batch=4,time=8', sizes)
    .option('--data <file>', 'inputs that have no law, as a JSON object: {"x": [[0.5, -1], [2, 0]]}')
    .option(
      '--samples <number>',
      'samples of the limit, a power of two (default: up to 8192, by the program)',
      powerOfTwo,
    )
    .option('--scramblings <number>', 'independent samplings of the limit, for its standard error (default: 8)', count)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--plot [file]', 'write the log-log figure as SVG (default: beside the program)')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
A program in the language NE⊗OR⊤ has a limit as its width n grows: every number that it hands out tends to one value, at
a distance of about n^(-1/2). The command prints the program, says whether it lies in the language, samples the limit,
runs the program at finite widths, and tells whether the distance falls as it should.

  limit      the value at infinite width ± its standard error, "exact" where it is known in closed form, or "none"
  n=64       root-mean-square distance from the limit over the seeds, at width 64; on narrow terminals the smallest
             and the largest width only
  exponent   slope of log distance on log n ± half its 95 % interval; -0.5 is the usual one
  verdict    "no slower" than n^(-1/2), and seen to fall; "SLOWER", beyond three standard errors of the exponent;
             "equal", where no width is at a distance; "UNCLEAR", where too little is seen to tell (the interval of the
             exponent reaches above -0.25), a few runs carry the mean, or a mean need not exist (a division by what
             comes near 0); "NO LIMIT", where a function is singular at the limit, such as 1/c of a c that tends to 0

Exit code 0: in the language, and every output passed. 1: outside the language, slower, unclear, or without a limit.
2: bad usage or input.

The JSON object holds file, program, inFragment, violations [{node, rule, text}], notes, singularities [{node, text,
certain}], steps, widths, seeds, outputs [{name, limit (null where there is none), standardError, sampled {value,
standardError} beside an exact limit, distances [{width, rms, standardError, mean}], exponent, exponentInterval, verdict,
reasons}], finite (of a program outside the language: [{name, widths [{width, mean, deviation}]}]), and passed.

The programs named here lie in a clone of the repository.

Examples:
  nexort check examples/programs/random-features.nex
  nexort check examples/programs/sgd-two-hidden-layers.nex --steps 8 --plot
  nexort check examples/programs/attention.nex --widths 64,128,256 --seeds 50 --json
  nexort check examples/programs/outside.nex`,
    )
    .action((given: string | undefined, options: Options, command: Command) => {
      // Before the program, --plot takes it for the name of the figure.
      const swallowed = given === undefined && typeof options.plot === 'string' && /\.nex$/i.test(options.plot);
      const file = swallowed ? options.plot : given;
      if (typeof file !== 'string') command.error("error: missing required argument 'file'");
      return runCommand(() => checkFile(file, swallowed ? { ...options, plot: true } : options));
    });
}

async function checkFile(path: string, options: Options): Promise<void> {
  exitOnInterrupt('Interrupted. Nothing was written.');
  const file = await readProgramFile(path);
  const { program } = file;
  const write = options.plot === undefined ? undefined : await figureWriter(options.plot, path);
  const inputs = await programInputs(file, options.sizes ?? {}, options.data);
  const { widths: chosen, samples, scramblings, seeds, seed, steps } = options;
  const shown = progress(`checking ${program.name}`);
  try {
    const work = {
      ...(chosen === undefined ? {} : { widths: chosen }),
      ...(samples === undefined ? {} : { samples }),
      ...(scramblings === undefined ? {} : { scramblings }),
      seeds,
      seed,
      steps,
      ...inputs,
      memory: options.memory ?? defaultMemory(),
    };
    const result = await checkApart({ program, options: work }, (share) => shown.update(share));
    shown.stop();
    print(options.json ? `${JSON.stringify({ file: path, ...result })}\n` : checkSummary(result, file));
    if (!result.passed) process.exitCode = FAILED;
    const written = await write?.(result);
    if (written !== undefined) shown.say(written);
  } catch (error) {
    throw located(error, file);
  } finally {
    shown.stop();
  }
}
