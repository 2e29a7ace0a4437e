/** Limits of training: what they cost beside dense networks, an infinitely wide transformer, and Adam's neural tangent limit. */

import { type CostCase, costCase } from './cost.ts';
import type { Rule } from './problems.ts';
import type { Size } from './sides.ts';
import { type TangentCase, tangentCase } from './tangent.ts';
import { type TransformerCase, transformerCases } from './transformer.ts';

export const PARTS = ['cost', 'transformer', 'tangent'] as const;
export type Part = (typeof PARTS)[number];

export interface LimitsBenchOptions {
  readonly parts: readonly Part[];
  /** Cost. */
  readonly rules: readonly Rule[];
  readonly sizes: readonly Size[];
  readonly adamSizes: readonly Size[];
  readonly scramblings: number;
  readonly tolerance?: number;
  readonly widths: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  /** Transformer. */
  readonly transformerSize: Size;
  readonly transformerScramblings: number;
  readonly repeats: number;
  readonly large: boolean;
  /** Tangent. */
  readonly samples: number;
  readonly tangentScramblings: number;
  readonly pairs: number;
  readonly threads: number;
  /** What happens, for people. */
  readonly say: (line: string) => void;
}

export interface LimitsResult {
  readonly cost: readonly CostCase[];
  readonly transformer: readonly TransformerCase[];
  readonly tangent?: TangentCase | { readonly missing: string };
}

/** Runs the parts that are asked for. */
export async function limitsBench(options: LimitsBenchOptions): Promise<LimitsResult> {
  const { parts, rules, sizes, adamSizes, transformerSize, transformerScramblings, tangentScramblings } = options;
  const cost: CostCase[] = [];
  if (parts.includes('cost'))
    for (const rule of rules)
      cost.push(await costCase({ ...options, rule, sizes: rule === 'adam' ? adamSizes : sizes }));
  const transformer = parts.includes('transformer')
    ? await transformerCases({ ...options, size: transformerSize, scramblings: transformerScramblings })
    : [];
  if (!parts.includes('tangent')) return { cost, transformer };
  return { cost, transformer, tangent: await tangentCase({ ...options, scramblings: tangentScramblings }) };
}

/** Whether answers differ or a bound is missed. */
export function failed({ cost, transformer, tangent }: LimitsResult): boolean {
  const measured = tangent === undefined || 'missing' in tangent ? [] : [tangent];
  return [...cost, ...transformer, ...measured].some(
    ({ verdict }) => verdict === 'answers differ' || verdict === 'missed',
  );
}
