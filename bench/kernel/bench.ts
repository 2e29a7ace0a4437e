/**
 * The symmetric empirical kernel of a six-layer encoder, beside vectorised per-example gradients in PyTorch.
 *
 * Same checkpoint, tokens and functional; gradients by weights, biases and layer norms of the blocks (embeddings, their
 * layer norm included, are left out on all sides). Answers are compared first. All sides are processes that stay, so
 * that start, reading and compilation do not count; a run goes from token ids to the kernel in memory.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../src/numeric/index.ts';
import { compareTimes, type Others } from '../harness/compare.ts';
import { times } from '../harness/format.ts';
import { busyShare } from '../harness/machine.ts';
import { script } from '../harness/script.ts';
import type { Timing } from '../harness/serve.ts';
import { type Command, Side, type SideResult } from '../harness/side.ts';
import { atMost, type Estimate, relativeDifference, type Verdict } from '../harness/statistics.ts';
import { boundOf } from './bounds.ts';
import { type Shape, writeCheckpoint, writeInputs } from './checkpoint.ts';
import { findPython, peerCommand, type RivalKernel, type RivalSettings, rivalSettings, type Variant } from './peer.ts';

/** Answers further apart than this, relative in Frobenius norm, are different answers. */
export const SAME_ANSWER = 5e-4;
/** Runs before any that counts, each side: PyTorch takes less CPU time from run to run until about the fifth. */
const WARM_UP = 5;
const QUIET_SECONDS = 2;

export interface KernelBenchOptions extends Omit<Shape, 'tokens'> {
  readonly kernel: RivalKernel;
  readonly tokens: readonly number[];
  /** Runs of each side that count. */
  readonly pairs: number;
  readonly threads: number;
  /** Rivals that run in turn with ours. */
  readonly variants: readonly Variant[];
  /** Examples that a rival differentiates together, in place of its own number. */
  readonly chunk?: number;
  /** What happens, for people. */
  readonly say: (line: string) => void;
}

/** A rival, and what ours takes beside it. */
export interface Comparison extends SideResult, RivalSettings {
  readonly relativeDifference: number;
  readonly wallRatio: Estimate;
  readonly cpuRatio: Estimate;
}

export interface CaseResult {
  readonly tokens: number;
  readonly ours: SideResult;
  /** None without PyTorch, and where answers differ. */
  readonly rivals: readonly Comparison[];
  readonly others: Others;
  /** Bound on the wall ratio to the stock rival, where one is stated. */
  readonly target?: number;
  readonly verdict: Verdict | 'none' | 'answers differ';
  /** Why there is no verdict, or what differs. */
  readonly reason?: string;
}

/** Runs every case. */
export async function kernelBench(options: KernelBenchOptions): Promise<readonly CaseResult[]> {
  const found = findPython();
  if ('missing' in found) options.say(`PyTorch is left out, ours runs alone. ${found.missing}`);
  const folder = await mkdtemp(join(tmpdir(), 'nexort-bench-'));
  try {
    const longest = { ...options, tokens: Math.max(...options.tokens) };
    await writeCheckpoint(folder, longest);
    const results: CaseResult[] = [];
    for (const tokens of options.tokens) {
      await writeInputs(folder, { ...options, tokens });
      results.push(await oneCase({ ...options, tokens }, folder, 'python' in found ? found.python : undefined));
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface CaseOptions extends Omit<KernelBenchOptions, 'tokens'> {
  readonly tokens: number;
}

interface Rival {
  readonly settings: RivalSettings;
  readonly side: Side;
}

async function oneCase(options: CaseOptions, folder: string, python: string | undefined): Promise<CaseResult> {
  const { threads, variants, say, tokens, kernel } = options;
  const ours = new Side(oursCommand(folder, threads, kernel));
  const rivals =
    python === undefined
      ? []
      : variants.map((variant): Rival => {
          const settings = rivalSettings(variant, options);
          return { settings, side: new Side(peerCommand({ python, model: folder, threads, kernel }, settings)) };
        });
  const sides = [ours, ...rivals.map(({ side }) => side)];
  try {
    say(`${tokens} tokens: ${WARM_UP} runs of each side to warm up`);
    for (const side of sides) {
      for (let k = 0; k < WARM_UP; k++) await side.ask('run');
    }
    return rivals.length === 0 ? await alone(options, ours) : await beside(options, ours, rivals);
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

/** Our own side, of this checkout or another one; `kernels` are separated by commas. */
export const oursCommand = (folder: string, threads: number, kernels = 'sgd', root?: string): Command =>
  script('kernel/ours.ts', ['--model', folder, '--threads', String(threads), '--kernels', kernels], root);

async function alone({ tokens, pairs, say }: CaseOptions, ours: Side): Promise<CaseResult> {
  const before = await busyShare(QUIET_SECONDS);
  const runs: Timing[] = [];
  for (let k = 0; k < pairs; k++) {
    const timing = await ours.ask('run');
    runs.push(timing);
    say(`  run ${k + 1}: ${times(timing)}`);
  }
  return {
    tokens,
    ours: await ours.result(runs),
    rivals: [],
    others: { before, during: [], disturbed: [] },
    verdict: 'none',
    reason: 'there is nothing to compare with',
  };
}

async function beside(options: CaseOptions, ours: Side, rivals: readonly Rival[]): Promise<CaseResult> {
  const { tokens, pairs, say } = options;
  const differences: number[] = [];
  for (const rival of rivals) {
    const { difference, differs } = await compareAnswers(ours, rival, say);
    if (differs !== undefined) {
      const others = { before: await busyShare(QUIET_SECONDS), during: [], disturbed: [] };
      return { tokens, ours: await ours.result([]), rivals: [], others, verdict: 'answers differ', reason: differs };
    }
    differences.push(difference);
  }
  const names = rivals.map(({ settings }) => settings.variant);
  const sides = rivals.map(({ side }) => side);
  const measured = await compareTimes(ours, sides, { rounds: pairs, names, say });
  const compared: Comparison[] = [];
  for (const [k, { settings, side }] of rivals.entries()) {
    const { timings, ...ratios } = at(measured.rivals, k);
    compared.push({
      ...settings,
      ...(await side.result(timings)),
      relativeDifference: at(differences, k),
      ...ratios,
    });
  }
  return {
    tokens,
    ours: await ours.result(measured.ours),
    rivals: compared,
    others: measured.others,
    ...judge(options, compared, measured.unfitting),
  };
}

/** How far a rival's answer is from ours, and what differs where that is too far. */
async function compareAnswers(
  ours: Side,
  { settings, side }: Rival,
  say: (line: string) => void,
): Promise<{ readonly difference: number; readonly differs?: string }> {
  const [mine, theirs] = [await ours.ask('describe'), await side.ask('describe')];
  const difference = relativeDifference((await ours.ask('answer')).values, (await side.ask('answer')).values);
  const parameters = `${mine.parameters} and ${theirs.parameters} parameters`;
  say(
    `  answers of ours and ${settings.variant} differ by ${difference.toExponential(1)} over ${parameters}; ` +
      `at most ${SAME_ANSWER} is asked for`,
  );
  const same = difference <= SAME_ANSWER && mine.parameters === theirs.parameters;
  return same
    ? { difference }
    : { difference, differs: `${settings.variant}: relative difference ${difference}, ${parameters}` };
}

/** The verdict on the bound, or why there is none. */
function judge(
  options: CaseOptions,
  compared: readonly Comparison[],
  unfitting: string | undefined,
): Pick<CaseResult, 'target' | 'verdict' | 'reason'> {
  const stated = boundOf(options);
  if ('none' in stated) return { verdict: 'none', reason: unfitting ?? stated.none };
  const { bound, yardstick } = stated;
  const measured = compared.find(({ variant }) => variant === yardstick);
  return unfitting === undefined && measured !== undefined
    ? { target: bound, verdict: atMost(bound, measured.wallRatio) }
    : { target: bound, verdict: 'none', reason: unfitting ?? `${yardstick} did not run` };
}
