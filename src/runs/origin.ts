/**
 * What computes a block. Libraries of matrix products choose their instructions by the processor's features, and with
 * them the order in which numbers are added up: last bits are the same where these are.
 */

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What computes a block: platform, processor features and engine, on which its last bits depend. */
export interface Origin {
  readonly platform: string;
  readonly architecture: string;
  /** Instruction sets that products may use, in order; the processor's name where the system does not list them. */
  readonly features: string;
  /** Name and version of the engine; absent where the run's identity says it. */
  readonly engine?: string;
  /** Threads of a product, where the run's plan does not fix them. */
  readonly threads?: number;
}

/** Instruction sets of numbers among the flags of a processor (proc_cpuinfo(5), on x86 and ARM). */
const OF_NUMBERS = /^(sse|avx|fma|f16c|amx|asimd|sve|sme|i8mm|bf16|fphp)/;

let known: Pick<Origin, 'platform' | 'architecture' | 'features'> | undefined;

/** This machine, with what else decides last bits of what is computed. */
export function machineOrigin(further: Pick<Origin, 'engine' | 'threads'> = {}): Origin {
  known ??= { platform: process.platform, architecture: process.arch, features: features() };
  return { ...known, ...further };
}

function features(): string {
  const [first] = cpus();
  const name = first === undefined ? 'unknown processor' : first.model.trim();
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
    const found = flags.filter((flag) => OF_NUMBERS.test(flag)).sort();
    return found.length === 0 ? name : found.join(' ');
  } catch {
    return name;
  }
}

/** In what two origins differ, as sentences have it; features by those that only one has. */
export function originDifferences(here: Origin, there: Origin): readonly string[] {
  const keys = ['platform', 'architecture', 'engine', 'threads'] as const;
  const plain = keys
    .filter((key) => here[key] !== there[key])
    .map((key) => `${key} ${there[key]} there, ${here[key]} here`);
  if (here.features === there.features) return plain;
  const [ours, theirs] = [here, there].map((one) => new Set(one.features.split(' '))) as [Set<string>, Set<string>];
  const only = (a: ReadonlySet<string>, b: ReadonlySet<string>): string =>
    [...a].filter((one) => !b.has(one)).join(' ') || 'nothing more';
  return [...plain, `processors have ${only(theirs, ours)} there, ${only(ours, theirs)} here`];
}
