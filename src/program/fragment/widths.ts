/** The one growing dimension of a program: all width spaces are multiples of one symbol (theory: several widths). */

import { spaceOf } from '../axes.ts';
import type { Program } from '../program.ts';
import type { Violation } from './forms.ts';
import type { Widths } from './scaleExpr.ts';

/** The symbol, the ratios to it, and what breaks the rule. */
export interface OneWidth extends Widths {
  /** Undefined where the program has no width. */
  readonly symbol: string | undefined;
  readonly isWidth: (axis: string) => boolean;
  readonly violations: readonly Violation[];
}

/** Reads the widths of a program. */
export function oneWidth(program: Program): OneWidth {
  const spaces = program.spaces.filter(({ kind }) => kind === 'width');
  const violations: Violation[] = [];
  const ratios = new Map<string, number>();
  let symbol: string | undefined;
  for (const { name, size } of spaces) {
    if (typeof size === 'number') {
      const text = `width ${name} has the size ${size}; a width that grows needs a symbol, as in "width ${name}"`;
      violations.push({ node: name, rule: 'one-width', text });
      ratios.set(name, 1);
      continue;
    }
    symbol ??= size.symbol;
    if (size.symbol !== symbol) {
      const text = `width ${name} grows with ${size.symbol} and others with ${symbol}; make it a multiple of ${symbol}`;
      violations.push({ node: name, rule: 'one-width', text });
    }
    ratios.set(name, size.ratio);
  }
  return {
    symbol,
    ratio: (space) => ratios.get(space),
    reference: spaces[0]?.name ?? '',
    isWidth: (axis) => ratios.has(spaceOf(axis)),
    violations,
  };
}
