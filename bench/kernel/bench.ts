/**
 * The symmetric empirical kernel of a six-layer encoder, beside vectorised per-example gradients in PyTorch.
 *
 * Same checkpoint, tokens and functional; gradients by weights, biases and layer norms of the blocks (embeddings, their
 * layer norm included, are left out on both sides). Answers are compared first. Both sides are processes that stay, so
 * that start, reading and compilation do not count; a run goes from token ids to the kernel in memory.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BUSY_SHARE, busyShare } from '../harness/machine.ts';
import { interleavedPairs, type Pair } from '../harness/pairs.ts';
import type { Description, Timing } from '../harness/serve.ts';
import { type Command, Side } from '../harness/side.ts';
import { atMost, type Estimate, medianInterval, relativeDifference, type Verdict } from '../harness/statistics.ts';
import { type Shape, writeCheckpoint, writeInputs } from './checkpoint.ts';
import { findPython, peerCommand } from './peer.ts';

/** Answers further apart than this, relative in Frobenius norm, are different answers. */
export const SAME_ANSWER = 5e-4;
/** Most that our wall time may be of the peer's, by tokens. */
const TARGETS: ReadonlyMap<number, number> = new Map([
  [32, 0.65],
  [128, 0.7],
]);
/** Runs before any that counts, each side. */
const WARM_UP = 2;
const QUIET_SECONDS = 2;
/** Fewer pairs than this give no verdict. */
const MIN_PAIRS = 7;

export interface KernelBenchOptions extends Omit<Shape, 'tokens'> {
  readonly tokens: readonly number[];
  readonly pairs: number;
  readonly threads: number;
  /** Examples that the peer differentiates together; default all. */
  readonly chunk?: number;
  /** What happens, for people. */
  readonly say: (line: string) => void;
}

export interface SideResult extends Description {
  readonly runs: readonly Timing[];
  readonly peakBytes: number;
}

export interface Comparison extends SideResult {
  readonly relativeDifference: number;
  readonly wallRatio: Estimate;
  readonly cpuRatio: Estimate;
}

export interface CaseResult {
  readonly tokens: number;
  readonly ours: SideResult;
  /** Absent without the peer, and where answers differ. */
  readonly peer?: Comparison;
  /** Shares of all cores that others took: before, during each pair that counts, and during those that do not. */
  readonly others: {
    readonly before: number;
    readonly during: readonly number[];
    readonly disturbed: readonly number[];
  };
  /** Bound on the wall ratio, if one is set for so many tokens. */
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

async function oneCase(options: CaseOptions, folder: string, python: string | undefined): Promise<CaseResult> {
  const { threads, chunk, say, tokens } = options;
  const ours = new Side(oursCommand(folder, threads));
  const peer =
    python === undefined
      ? undefined
      : new Side(peerCommand({ python, model: folder, threads, ...(chunk === undefined ? {} : { chunk }) }));
  try {
    say(`${tokens} tokens: ${WARM_UP} runs of each side to warm up`);
    for (const side of [ours, ...(peer === undefined ? [] : [peer])]) {
      for (let k = 0; k < WARM_UP; k++) await side.ask('run');
    }
    return peer === undefined ? await alone(options, ours) : await beside(options, ours, peer);
  } finally {
    await Promise.all([ours.stop(), peer?.stop()]);
  }
}

function oursCommand(folder: string, threads: number): Command {
  const script = resolve(import.meta.dirname, 'ours.ts');
  return {
    file: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), script, '--model', folder, '--threads', String(threads)],
  };
}

async function alone({ tokens, pairs, say }: CaseOptions, ours: Side): Promise<CaseResult> {
  const before = await busyShare(QUIET_SECONDS);
  const runs: Timing[] = [];
  for (let k = 0; k < pairs; k++) {
    const timing = await ours.ask('run');
    runs.push(timing);
    say(`  run ${k + 1}: ${seconds(timing.wall)} wall, ${seconds(timing.cpu)} CPU`);
  }
  return {
    tokens,
    ours: await result(ours, runs),
    others: { before, during: [], disturbed: [] },
    verdict: 'none',
    reason: 'there is nothing to compare with',
  };
}

async function beside({ tokens, pairs, say }: CaseOptions, ours: Side, peer: Side): Promise<CaseResult> {
  const target = TARGETS.get(tokens);
  const common = { tokens, ...(target === undefined ? {} : { target }) };
  const [mine, theirs] = [await ours.ask('describe'), await peer.ask('describe')];
  const difference = relativeDifference((await ours.ask('answer')).values, (await peer.ask('answer')).values);
  const same = difference <= SAME_ANSWER && mine.parameters === theirs.parameters;
  say(
    `  answers differ by ${difference.toExponential(1)} over ${mine.parameters} and ${theirs.parameters} parameters; ` +
      `at most ${SAME_ANSWER} is asked for`,
  );
  const before = await busyShare(QUIET_SECONDS);
  if (!same) {
    return {
      ...common,
      ours: await result(ours, []),
      others: { before, during: [], disturbed: [] },
      verdict: 'answers differ',
      reason: `relative difference ${difference}, parameters ${mine.parameters} and ${theirs.parameters}`,
    };
  }
  const { quiet, disturbed } = await interleavedPairs(ours, peer, pairs, (pair, counts) => say(pairLine(pair, counts)));
  const enough = quiet.length >= pairs;
  const counted = enough ? quiet : [...quiet, ...disturbed];
  const wallRatio = medianInterval(counted.map((pair) => pair.ours.wall / pair.peer.wall));
  const cpuRatio = medianInterval(counted.map((pair) => pair.ours.cpu / pair.peer.cpu));
  const measured = {
    ...common,
    ours: await result(
      ours,
      counted.map((pair) => pair.ours),
    ),
    peer: {
      ...(await result(
        peer,
        counted.map((pair) => pair.peer),
      )),
      relativeDifference: difference,
      wallRatio,
      cpuRatio,
    },
    others: { before, during: quiet.map((pair) => pair.others), disturbed: disturbed.map((pair) => pair.others) },
  };
  const reason = noVerdict({ before, enough, disturbed: disturbed.length, pairs, target });
  return reason === undefined
    ? { ...measured, verdict: atMost(target ?? Number.NaN, wallRatio) }
    : { ...measured, verdict: 'none', reason };
}

function noVerdict(given: {
  readonly before: number;
  readonly enough: boolean;
  readonly disturbed: number;
  readonly pairs: number;
  readonly target: number | undefined;
}): string | undefined {
  const { before, enough, disturbed, pairs, target } = given;
  if (!enough) return `others took more than ${percent(BUSY_SHARE)} of the machine during ${disturbed} pairs`;
  if (before > BUSY_SHARE) return `others took ${percent(before)} of the machine before the first pair`;
  if (pairs < MIN_PAIRS) return `${pairs} pairs are fewer than ${MIN_PAIRS}`;
  return target === undefined ? 'no bound is set for so many tokens' : undefined;
}

async function result(side: Side, runs: readonly Timing[]): Promise<SideResult> {
  return { ...(await side.ask('describe')), runs, peakBytes: (await side.ask('peak')).bytes };
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function pairLine({ ours, peer, others }: Pair, counts: boolean): string {
  return (
    `  ours ${seconds(ours.wall)} wall ${seconds(ours.cpu)} CPU · torch ${seconds(peer.wall)} wall ` +
    `${seconds(peer.cpu)} CPU · ratio ${(ours.wall / peer.wall).toFixed(2)} wall ${(ours.cpu / peer.cpu).toFixed(2)} ` +
    `CPU · others took ${percent(others)} of the machine${counts ? '' : ': does not count'}`
  );
}
