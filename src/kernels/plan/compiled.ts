/** Schedules as WebAssembly: compiled once for equal formulas. */

import { required } from '../../errors/index.ts';
import { formulaLoop, type LoopFormulas, textOf } from '../../numeric/wasm/formulas/index.ts';
import { compile, type Module } from '../../numeric/wasm/index.ts';
import { copyFunction, gatherFunction, gramFunction, productFunction } from './moves.ts';
import { seriesFunction } from './seriesLoop.ts';

/** Modules that are remembered. */
const MOST_KNOWN = 64;
/** What addresses of 32 bits reach. */
const MOST_PAGES = 65536;

const known = new Map<string, Module>();

/** The name of a compiled kernel. */
export function kernelName(kernel: number): string {
  return `formula${kernel}`;
}

/** A module of the loops of formulas and of what moves numbers; `shared` where threads share its memory. */
export function moduleOf(kernels: readonly LoopFormulas[], shared: boolean): Module {
  const texts = kernels.map(({ args, results }) => `${args}:${results.map(textOf).join('|')}`);
  const key = `${shared} ${texts.join('\n')}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const formulas = kernels.map((own, k) => formulaLoop(kernelName(k), own));
  const functions = [
    ...formulas,
    gatherFunction(),
    gramFunction(),
    copyFunction(),
    productFunction(),
    seriesFunction(),
  ];
  const made = compile(shared ? { functions, sharedPages: MOST_PAGES } : { functions });
  known.set(key, made);
  if (known.size > MOST_KNOWN) known.delete(required(known.keys().next().value, 'a module'));
  return made;
}
