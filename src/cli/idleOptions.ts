/** Options that would have no effect beside the others: told, for whoever gives one expects something of it. */

import type { Command } from 'commander';
import { type NetName, namedNet } from '../nets/index.ts';
import { headsThatDoNotDivide, idleOption } from './errors.ts';

/** An option, and why it would have no effect; undefined where it has one. */
export interface Idle {
  /** As commander names its value: `baseWidth`. */
  readonly option: string;
  readonly reason: string | undefined;
}

/** Throws {@link UserError} `cli.idle-option` for the first of them that is given and would have no effect. */
export function refuseIdle(command: Command, all: readonly Idle[]): void {
  for (const { option, reason } of all) {
    if (reason !== undefined && command.getOptionValueSource(option) === 'cli')
      throw idleOption(flagOf(option), reason);
  }
}

const flagOf = (option: string): string => `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Networks that have one layer, as many times as their inputs have steps. */
const UNROLLED: readonly NetName[] = ['rnn', 'gru'];

/** Why a network has no use for its depth. */
export const withoutDepth = (net: NetName): string | undefined =>
  UNROLLED.includes(net) ? `--net ${net} has one layer, which it uses at every step of its input` : undefined;

/** Why a network has no use for what texts are told with. */
export const withoutTexts = (net: NetName): string | undefined =>
  namedNet(net).reads.includes('text') ? undefined : `--net ${net} reads no texts; transformers do`;

/** Widths that attention heads share. Throws {@link UserError} `cli.heads`. */
export function checkHeads(option: '--width' | '--widths', widths: readonly number[], heads: number): void {
  if (widths.some((width) => width % heads !== 0)) throw headsThatDoNotDivide(option, widths, heads);
}
