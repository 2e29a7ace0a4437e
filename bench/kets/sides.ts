/** Simulations as processes: what they are told, and how they are started. */

import { readFileSync } from 'node:fs';
import { required } from '../../src/errors/index.ts';
import type { Sampling } from '../../src/kets/index.ts';
import { type Program, parseProgram } from '../../src/program/index.ts';
import { script } from '../harness/script.ts';
import type { Command } from '../harness/side.ts';

/** A program at a width; every run of a side draws anew, from the next seed. */
export interface Simulation {
  /** File of the program. */
  readonly file: string;
  readonly width: number;
  readonly steps: number;
  /** Seed of the first run; default 0. */
  readonly seed?: number;
}

export interface LazySimulation extends Simulation {
  /** Default pseudo-random. */
  readonly sampling?: Sampling;
  /** Whether left-over powers of n are at their limit; default: at the width. */
  readonly limit?: boolean;
}

export interface DenseSimulation extends Simulation {
  readonly threads: number;
}

/** Kets, of this checkout or another one: matrices sampled along the directions that they meet. */
export const lazySide = (simulation: LazySimulation, root?: string): Command =>
  script('kets/lazy.ts', [JSON.stringify(simulation)], root);

/** Matrices stored whole. */
export const denseSide = (simulation: DenseSimulation): Command =>
  script('kets/dense.ts', [JSON.stringify(simulation)]);

/** What this process was told, in one of the scripts. */
export function told<S extends Simulation>(): S & { readonly program: Program } {
  const simulation = JSON.parse(required(process.argv[2], 'simulation')) as S; // written above
  return { ...simulation, program: parseProgram(readFileSync(simulation.file, 'utf8')) };
}
