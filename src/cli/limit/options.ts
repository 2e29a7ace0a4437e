/** What `nexort limit` is told. */

import { InvalidArgumentError } from 'commander';
import { widths } from '../options.ts';

export interface LimitCommandOptions {
  readonly net: string;
  readonly depth: number;
  readonly activation: string;
  readonly biases: boolean;
  readonly heads: number;
  readonly context: number;
  readonly deviation?: Readonly<Record<string, number>>;
  readonly data: string;
  readonly targets?: string;
  readonly label: string;
  readonly ignore?: readonly string[];
  readonly classes?: number;
  readonly pixels?: number;
  readonly examples?: number;
  readonly evaluate?: number;
  readonly batch?: number;
  readonly batches?: readonly (readonly number[])[];
  readonly loss?: string;
  readonly reduction: string;
  readonly optimizer: string;
  readonly learningRate?: number;
  readonly freeze?: readonly string[];
  readonly parametrization: string;
  readonly baseWidth?: number;
  readonly start?: string;
  readonly steps: number;
  readonly pretrain?: string;
  readonly finetune?: string;
  readonly exponents?: readonly number[];
  readonly finetuneOptimizer?: string;
  readonly finetuneSteps: number;
  readonly finetuneRate?: number;
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly samples?: number;
  readonly subsample?: number;
  readonly scramblings: number;
  readonly extrapolate: boolean;
  readonly looks?: number;
  readonly memory?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly planOnly: boolean;
  readonly sameMachines: boolean;
  readonly plot?: string;
  readonly report?: string;
  readonly json: boolean;
}

/** Widths of networks beside the limit, or `none`. */
export const widthsBeside = (text: string): number[] => (text.trim() === 'none' ? [] : widths(text));

/** Examples of each step in turn, numbered from 0: `0,1;2,3`. */
export function batchList(text: string): number[][] {
  return text.split(';').map((batch) => {
    const examples = batch.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
    if (!examples.every((example) => Number.isSafeInteger(example) && example >= 0))
      throw new InvalidArgumentError("Give numbers of examples, from 0 on, batches apart by semicolons: '0,1;2,3'.");
    return examples;
  });
}

/** Deviations by names of parameters, `w1=1,w*=0.5`; may be given several times. */
export function deviationList(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const entries = text.split(',').map((part): [string, number] => {
    const [, name = '', value = ''] = /^\s*([^\s=]+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const deviation = Number(value);
    if (name === '' || value === '' || !Number.isFinite(deviation) || deviation < 0)
      throw new InvalidArgumentError("Give names with numbers of at least 0, such as 'w1=1'.");
    return [name, deviation];
  });
  return { ...before, ...Object.fromEntries(entries) };
}

/** Exponents q of the error signal at the start of a second task. */
export function exponentList(text: string): number[] {
  const exponents = text.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (!exponents.every((q) => q >= 0 && q < 1) || new Set(exponents).size < exponents.length)
    throw new InvalidArgumentError("Give different numbers from 0 to below 1, such as '0,0.2,0.4'.");
  return exponents;
}
