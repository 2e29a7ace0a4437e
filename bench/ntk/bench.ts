/**
 * Closed-form tangent kernels beside neural-tangents, and how our time grows with examples and pixels.
 *
 * Both sides read the same layers and inputs, and stay: neither start nor compilation counts (theirs by `jit`, ours the
 * plan of the kernels and its loops). Answers are compared first.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { at, confidenceInterval, type Interval, linearFit, stream } from '../../src/numeric/index.ts';
import { compareTimes, type Others } from '../harness/compare.ts';
import { pythonWith } from '../harness/python.ts';
import { script } from '../harness/script.ts';
import { type Command, Side, type SideResult } from '../harness/side.ts';
import { atMost, type Estimate, medianInterval, relativeDifference, type Verdict } from '../harness/statistics.ts';
import { ANSWER_STRIDE, FILES, GROWTH, type KernelCase, SPEED_CASES, type SpeedCase, STATED_THREADS } from './cases.ts';

export const PARTS = ['speed', 'growth'] as const;
export type Part = (typeof PARTS)[number];

/** How to get the rival. */
export const TO_GET_IT =
  'python3.11 -m venv FOLDER && FOLDER/bin/pip install -r bench/peers/nt_requirements.txt, ' +
  'then NEXORT_PYTHON=FOLDER/bin/python npm run bench -- ntk';

/** Relative difference of answers; relu kernels of neural-tangents are off by about 1e-8 where inputs are alike. */
export const SAME_ANSWER = 1e-7;
/** More than of other benches: the runtime compiles our loops again as they run, and compiling does not count. */
const WARM_UP = 20;
const PEER = resolve(import.meta.dirname, '../peers/nt_kernels.py');

export interface NtkBenchOptions {
  readonly parts: readonly Part[];
  readonly cases: readonly SpeedCase[];
  readonly rounds: number;
  readonly threads: number;
  readonly say: (line: string) => void;
}

export interface SpeedResult {
  readonly name: string;
  readonly ours: SideResult;
  readonly rival?: SideResult & { readonly wallRatio: Estimate; readonly cpuRatio: Estimate };
  readonly others?: Others;
  readonly difference?: number;
  readonly bound?: number;
  readonly aim?: number;
  readonly verdict: Verdict | 'none' | 'answers differ';
  readonly reason?: string;
}

export interface GrowthResult {
  readonly name: string;
  readonly sizes: readonly number[];
  /** Median CPU seconds of a run at each size. */
  readonly seconds: readonly number[];
  /** Of CPU time in the size. */
  readonly exponent: Interval & { readonly slope: number };
}

export interface NtkBenchResult {
  readonly speed: readonly SpeedResult[];
  readonly growth: readonly GrowthResult[];
}

export async function ntkBench(options: NtkBenchOptions): Promise<NtkBenchResult> {
  const found = pythonWith('import neural_tangents');
  const asked = options.parts.includes('speed');
  if ('missing' in found && asked) options.say(`neural-tangents is left out, ours runs alone. ${found.missing}`);
  const speed: SpeedResult[] = [];
  const python = 'python' in found ? found.python : undefined;
  if (asked)
    for (const name of options.cases)
      speed.push(await inFolder(SPEED_CASES[name], (folder) => speedOf(SPEED_CASES[name], folder, python, options)));
  const growth: GrowthResult[] = [];
  if (options.parts.includes('growth'))
    for (const [name, sizes] of Object.entries(GROWTH)) growth.push(await growthOf(name, sizes, options));
  return { speed, growth };
}

/** Writes a case, and removes it in the end. */
async function inFolder<T>(own: KernelCase, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-bench-'));
  try {
    await writeFile(join(folder, FILES.spec), JSON.stringify(own));
    const size = own.shape.reduce((product, length) => product * length, own.examples);
    for (const side of ['x1', 'x2'] as const) {
      await writeFile(join(folder, FILES[side]), new Uint8Array(stream(0, side).normals(size).buffer));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const oursCommand = (folder: string, threads: number): Command =>
  script('ntk/ours.ts', ['--case', folder, '--threads', String(threads)]);

async function warmUp(sides: readonly Side[]): Promise<void> {
  for (let k = 0; k < WARM_UP; k++) for (const side of sides) await side.ask('run');
}

async function speedOf(
  own: KernelCase,
  folder: string,
  python: string | undefined,
  { rounds, threads, say }: NtkBenchOptions,
): Promise<SpeedResult> {
  const ours = new Side(oursCommand(folder, threads));
  const options = ['--case', folder, '--stride', String(ANSWER_STRIDE)];
  const rival = python === undefined ? undefined : new Side({ file: python, args: [PEER, ...options] });
  const stated = {
    ...(own.bound === undefined ? {} : { bound: own.bound }),
    ...(own.aim === undefined ? {} : { aim: own.aim }),
  };
  try {
    say(`${own.name}: ${WARM_UP} runs of each side to warm up`);
    await warmUp(rival === undefined ? [ours] : [ours, rival]);
    if (rival === undefined) {
      const runs = [];
      for (let k = 0; k < rounds; k++) runs.push(await ours.run());
      return {
        name: own.name,
        ours: await ours.result(runs),
        ...stated,
        verdict: 'none',
        reason: 'there is nothing to compare with',
      };
    }
    const difference = relativeDifference((await ours.ask('answer')).values, (await rival.ask('answer')).values);
    say(`  answers differ by ${difference.toExponential(1)}; at most ${SAME_ANSWER} is asked for`);
    if (!(difference <= SAME_ANSWER)) {
      return { name: own.name, ours: await ours.result([]), difference, ...stated, verdict: 'answers differ' };
    }
    const measured = await compareTimes(ours, [rival], { rounds, names: ['neural-tangents'], say });
    const { timings, ...ratios } = at(measured.rivals, 0);
    const reason =
      measured.unfitting ?? (threads === STATED_THREADS ? undefined : `the bound is set for ${STATED_THREADS} threads`);
    return {
      name: own.name,
      ours: await ours.result(measured.ours),
      rival: { ...(await rival.result(timings)), ...ratios },
      others: measured.others,
      difference,
      ...stated,
      verdict: own.bound === undefined || reason !== undefined ? 'none' : atMost(own.bound, ratios.wallRatio),
      ...(reason === undefined ? {} : { reason }),
    };
  } finally {
    await Promise.all([ours, rival].map((side) => side?.stop()));
  }
}

/** CPU time by size; time that others take is not in it, so that it may be measured beside them. */
async function growthOf(
  name: string,
  sizes: readonly { readonly size: number; readonly of: KernelCase }[],
  { rounds, threads, say }: NtkBenchOptions,
): Promise<GrowthResult> {
  const points: { readonly x: number; readonly y: number }[] = [];
  const seconds: number[] = [];
  for (const { size, of } of sizes) {
    const runs = await inFolder(of, async (folder) => {
      const side = new Side(oursCommand(folder, threads));
      try {
        await warmUp([side]);
        const taken: number[] = [];
        for (let k = 0; k < rounds; k++) taken.push((await side.run()).cpu);
        return taken;
      } finally {
        await side.stop();
      }
    });
    seconds.push(medianInterval(runs).median);
    for (const cpu of runs) points.push({ x: Math.log(size), y: Math.log(cpu) });
    say(`  ${name} ${size}: ${at(seconds, -1 + seconds.length).toFixed(3)} s CPU`);
  }
  const { slope, slopeStandardError } = linearFit(
    points.map(({ x }) => x),
    points.map(({ y }) => y),
  );
  const exponent = { slope, ...confidenceInterval(slope, slopeStandardError, 0.95, points.length - 2) };
  return { name, sizes: sizes.map(({ size }) => size), seconds, exponent };
}

/** Whether answers differ or a bound is missed. */
export function failed({ speed }: NtkBenchResult): boolean {
  return speed.some(({ verdict }) => verdict === 'answers differ' || verdict === 'missed');
}
