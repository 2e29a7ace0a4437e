/** What further kernels cost beside SGD's: the same gradients, in processes that run in turn. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../../src/cli/table.ts';
import { at } from '../../src/numeric/index.ts';
import { compareTimes } from '../harness/compare.ts';
import { interval } from '../harness/format.ts';
import { Side } from '../harness/side.ts';
import { atMost, type Estimate, type Verdict } from '../harness/statistics.ts';
import { type KernelBenchOptions, oursCommand } from './bench.ts';
import { writeCheckpoint, writeInputs } from './checkpoint.ts';

/** Kernels that run together, and the most of SGD's time that they may take. */
const SETS = [
  { kernels: 'signgd', bound: 1.3 },
  { kernels: 'a-signgd', bound: 1.3 },
  { kernels: 'sgd,signgd,a-signgd', bound: 1.6 },
] as const;
const WARM_UP = 3;

export interface KindsResult {
  readonly tokens: number;
  readonly kernels: string;
  readonly bound: number;
  /** Their time over SGD's. */
  readonly wallRatio: Estimate;
  readonly cpuRatio: Estimate;
  readonly verdict: Verdict | 'none';
}

/** Runs every set at every length. */
export async function kindsBench(
  options: Omit<KernelBenchOptions, 'kernel' | 'variants' | 'chunk'>,
): Promise<KindsResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-bench-'));
  const results: KindsResult[] = [];
  try {
    await writeCheckpoint(folder, { ...options, tokens: Math.max(...options.tokens) });
    for (const tokens of options.tokens) {
      await writeInputs(folder, { ...options, tokens });
      const sideOf = (kernels: string): Side => new Side(oursCommand(folder, options.threads, kernels));
      const [plain, others] = [sideOf('sgd'), SETS.map(({ kernels }) => sideOf(kernels))];
      try {
        for (const side of [plain, ...others]) for (let k = 0; k < WARM_UP; k++) await side.ask('run');
        const names = SETS.map(({ kernels }) => kernels);
        const compared = await compareTimes(plain, others, { rounds: options.pairs, names, say: options.say });
        SETS.forEach(({ kernels, bound }, k) => {
          const found = at(compared.rivals, k);
          const wallRatio = inverse(found.wallRatio);
          const verdict = compared.unfitting === undefined ? atMost(bound, wallRatio) : 'none';
          results.push({ tokens, kernels, bound, wallRatio, cpuRatio: inverse(found.cpuRatio), verdict });
        });
      } finally {
        await Promise.all([plain, ...others].map((side) => side.stop()));
      }
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ratios are those of SGD's time to theirs. */
const inverse = ({ median, low, high, coverage }: Estimate): Estimate => ({
  median: 1 / median,
  low: 1 / high,
  high: 1 / low,
  coverage,
});

export function kindsReport(results: readonly KindsResult[]): string {
  return table(
    ['tokens', 'kernels', "wall, of SGD's", "CPU, of SGD's", 'bound', 'verdict'],
    results.map(({ tokens, kernels, wallRatio, cpuRatio, bound, verdict }) => [
      ...[String(tokens), kernels, interval(wallRatio), interval(cpuRatio), String(bound), verdict],
    ]),
  );
}
