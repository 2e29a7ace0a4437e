/** A chain differentiated stage by stage: the programs of its stages, and what is handed over between them. */

import { required } from '../../errors/index.ts';
import {
  type Axis,
  type Chain,
  cotangentName,
  feedsOf,
  globalName,
  nodeOf,
  outputOf,
  type Program,
  type Stage,
} from '../../program/index.ts';
import type { Orders } from '../orders.ts';
import { type Boundary, cotangentAxes, cutsOf, hands, keptFirst, reads, upTo } from './boundaries.ts';
import { type StageOptions, type StagePrograms, stagePrograms } from './stagePrograms.ts';

/** What of a chain is differentiated, and which axes its gradients keep. */
export interface ChainOptions {
  readonly chain: Chain;
  /** The axis of examples: nothing is summed along it, so that gradients come out for each. */
  readonly keep: Axis;
  /** The chain's output to differentiate; stages after the last that hands it out are left aside. */
  readonly output: string;
  /** Axes of its cotangent: all of the output's but the kept one, and the one that rides along. */
  readonly seed: readonly Axis[];
  /** The axis that carries one cotangent for each function of the output, and how many these are. */
  readonly ride: { readonly axis: Axis; readonly size: number };
  /** Whether a parameter, by its name in the net, is to have a gradient; default all. */
  readonly selected?: (parameter: string) => boolean;
  /** A space along which dense gradients are not summed, where the parameter is used at all its places. */
  readonly apart?: string;
}

/** What crosses a cut between stages. */
export interface Cut {
  /** Values on their way up. */
  readonly values: readonly Boundary[];
  /** Cotangents on their way down, by the names of the values: of those that a selected parameter bears on. */
  readonly cotangents: readonly Boundary[];
}

/** A chain differentiated stage by stage, and what is handed over at each cut. */
export interface ChainPrograms {
  readonly keep: Axis;
  readonly output: string;
  readonly stages: readonly StagePrograms[];
  /** The k-th lies before stage k; the last, after all stages, is empty. */
  readonly cuts: readonly Cut[];
}

/**
 * Differentiates a chain. Stages of one program and one choice share what is made of it, and so an engine's sessions.
 * Throws {@link UserError} `program.unknown-value` for an output that no stage has, and the errors of `reverse`.
 */
export function chainPrograms(options: ChainOptions): ChainPrograms {
  return new ChainDifferentiation(options).run();
}

class ChainDifferentiation {
  readonly #options: ChainOptions;
  readonly #stages: readonly Stage[];
  readonly #values: readonly (readonly Boundary[])[];
  readonly #known = new Map<Program, Map<string, StagePrograms>>();

  constructor(options: ChainOptions) {
    const { chain, output, keep } = options;
    const used = upTo(chain, output);
    this.#options = options;
    this.#stages = used.stages;
    this.#values = cutsOf(used, keep);
  }

  run(): ChainPrograms {
    const { keep, output, ride } = this.#options;
    const active = this.#active();
    const stages: StagePrograms[] = [];
    let above: Cut = { values: [], cotangents: [] };
    const cuts: Cut[] = [above];
    for (let k = this.#stages.length - 1; k >= 0; k--) {
      const stage = required(this.#stages[k], `stage ${k}`);
      const entering = this.#at(k);
      const passing = above.cotangents;
      const bearing = required(active[k], `cut before stage ${k}`);
      const to = entering.filter(({ name }) => bearing.has(name) && reads(stage.program, name));
      const programs = this.#programs(k, stage, to, passing);
      stages.unshift(programs);
      const cotangents = entering.filter(
        ({ name }) =>
          hands(programs.backward, cotangentName(name)) ||
          (!hands(stage.program, name) && passing.some((one) => one.name === name)),
      );
      above = {
        values: entering,
        cotangents: cotangents.map(({ name, axes }) => ({ name, axes: cotangentAxes(axes, keep, ride.axis) })),
      };
      cuts.unshift(above);
    }
    return { keep, output, stages, cuts };
  }

  /** For each cut, the values that stages with something selected bear on. */
  #active(): Set<string>[] {
    let before = new Set<string>();
    const active = [before];
    this.#stages.forEach((stage, k) => {
      const bears = this.#chosen(stage).includes(true) || [...before].some((name) => reads(stage.program, name));
      const after = new Set(
        this.#at(k + 1)
          .map(({ name }) => name)
          .filter((name) => (hands(stage.program, name) ? bears : before.has(name))),
      );
      active.push(after);
      before = after;
    });
    return active;
  }

  /** Values at the cut before stage k. */
  #at(k: number): readonly Boundary[] {
    return required(this.#values[k], `cut before stage ${k}`);
  }

  #chosen(stage: Stage): boolean[] {
    const { selected = () => true } = this.#options;
    return feedsOf(stage.program).map(
      ({ name, instruction }) => instruction.op === 'parameter' && selected(globalName(stage, name)),
    );
  }

  #programs(k: number, stage: Stage, to: readonly Boundary[], above: readonly Boundary[]): StagePrograms {
    const { keep, ride, output, seed, apart, selected = () => true } = this.#options;
    const last = k === this.#stages.length - 1;
    const leaving = this.#at(k + 1).filter(({ name }) => hands(stage.program, name));
    const seeded = above.filter(({ name }) => hands(stage.program, name));
    const orders: Orders = {
      ...Object.fromEntries(leaving.map(({ name, axes }) => [name, axes])),
      ...Object.fromEntries(to.map(({ name, axes }) => [cotangentName(name), cotangentAxes(axes, keep, ride.axis)])),
      ...(last ? { [output]: this.#outputAxes(stage.program) } : {}),
    };
    const options: Omit<StageOptions, 'selected'> = {
      keep,
      ride,
      ...(apart === undefined ? {} : { apart }),
      seeds: last ? [{ output, seed }] : seeded.map(({ name, axes }) => ({ output: name, seed: axes })),
      to: to.map(({ name }) => name),
      leaving: leaving.map(({ name }) => name),
      results: last ? [output] : [],
      orders,
    };
    const known = this.#known.get(stage.program) ?? new Map<string, StagePrograms>();
    this.#known.set(stage.program, known);
    const key = JSON.stringify([options, this.#chosen(stage)]);
    const programs = known.get(key) ?? stagePrograms(stage, { ...options, selected });
    known.set(key, programs);
    return { ...programs, stage };
  }

  #outputAxes(program: Program): readonly Axis[] {
    const { output, keep } = this.#options;
    return keptFirst(nodeOf(program, outputOf(program, output).value).type.axes, keep);
  }
}
