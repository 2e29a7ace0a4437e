/**
 * Kets: how fast they are beside a dense simulation, how narrow quasi-random ones beside pseudo-random ones, and what
 * they take by width.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScaleResult, scale } from './scale.ts';
import { type SpeedCase, speedCase } from './speed.ts';
import { type SpreadCase, spreadCase } from './spread.ts';
import { fourInputs, manyInputs, type Workload } from './workloads.ts';

export const PARTS = ['speed', 'spread', 'scale'] as const;
export type Part = (typeof PARTS)[number];

/** The width that is asked for within the memory of a machine. */
export const LARGE = 1_048_576;

export interface KetsBenchOptions {
  readonly parts: readonly Part[];
  /** Speed: widths. */
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly pairs: number;
  readonly threads: number;
  readonly spreadWidths: readonly number[];
  readonly spreadSeeds: number;
  readonly scaleWidths: readonly number[];
  readonly repeats: number;
  /** Whether scale also runs {@link LARGE}. */
  readonly large: boolean;
  /** What happens, for people. */
  readonly say: (line: string) => void;
}

export interface KetsResult {
  readonly speed: readonly SpeedCase[];
  readonly spread: readonly SpreadCase[];
  readonly scale?: ScaleResult;
}

/** Runs the parts that are asked for. */
export async function ketsBench(options: KetsBenchOptions): Promise<KetsResult> {
  const { parts, say, seeds, pairs, threads, spreadSeeds, repeats } = options;
  const folder = await mkdtemp(join(tmpdir(), 'nexort-bench-'));
  try {
    const four = await stored(folder, 'four.nex', await fourInputs());
    const many = await stored(folder, 'many.nex', manyInputs());
    const speed: SpeedCase[] = [];
    if (parts.includes('speed'))
      for (const width of options.widths) speed.push(await speedCase({ ...four, width, seeds, pairs, threads, say }));
    const spread: SpreadCase[] = [];
    if (parts.includes('spread')) {
      for (const workload of [four, many])
        for (const width of options.spreadWidths)
          spread.push(await spreadCase({ ...workload, width, seeds: spreadSeeds, say }));
    }
    if (!parts.includes('scale')) return { speed, spread };
    const large = options.large ? { large: LARGE } : {};
    return { speed, spread, scale: await scale({ ...four, widths: options.scaleWidths, repeats, ...large, say }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A workload with its program in a file, which sides read. */
async function stored(
  folder: string,
  name: string,
  workload: Workload,
): Promise<{ readonly workload: Workload; readonly file: string }> {
  const file = join(folder, name);
  await writeFile(file, workload.text);
  return { workload, file };
}

/** Whether answers differ or a bound is missed. */
export function failed({ speed, scale }: KetsResult): boolean {
  return (
    speed.some(({ verdict }) => verdict === 'answers differ') ||
    scale?.agreement?.agrees === false ||
    (scale?.cases ?? []).some(({ time, memory }) => time === 'missed' || memory === 'missed')
  );
}
