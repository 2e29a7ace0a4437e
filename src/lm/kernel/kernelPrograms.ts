/** The conventions of language models' chains, and their programs for empirical kernels. */

import { required } from '../../errors/index.ts';
import { type ChainPrograms, chainPrograms } from '../../finite/index.ts';
import {
  bind,
  type Chain,
  chainParameters,
  entries,
  globalName,
  nodeOf,
  nodesOf,
  shapeOf,
  type Tensor,
} from '../../program/index.ts';
import { mixedUses, sharedMatrix } from './kernelErrors.ts';
import type { OutputWeights } from './outputs.ts';

/** The axis of examples, that of their tokens, and the one that carries one cotangent for each output of the model. */
export const BATCH = 'batch';
export const TIME = 'time';
export const OUTPUT = 'output';
/** What a chain's last stage hands out, and its axis. */
export const LOGITS = 'logits';
export const CLASS = 'class';

/** A chain of which a kernel is computed, and of what. */
export interface KernelSubject {
  readonly chain: Chain;
  /** How many functions of the logits. */
  readonly outputs: number;
  /** Whether a parameter, by its name in the net, belongs to the kernel; default all. */
  readonly selected?: (parameter: string) => boolean;
  /** Whether dense gradients are handed out for each token. */
  readonly byToken?: boolean;
}

/** Differentiates a chain for a kernel. */
export function kernelPrograms({
  chain,
  outputs,
  selected = () => true,
  byToken = false,
}: KernelSubject): ChainPrograms {
  const ride = { axis: OUTPUT, size: outputs };
  return chainPrograms({
    chain,
    keep: BATCH,
    output: LOGITS,
    seed: [CLASS, OUTPUT],
    ride,
    selected,
    ...(byToken ? { apart: TIME } : {}),
  });
}

/** Parameters of which a kernel takes gradients: those selected that bear on the outputs, but for structural zeros. */
export function gradientParameters({ stages }: ChainPrograms): ReadonlySet<string> {
  return new Set(
    stages.flatMap(({ stage, matrices, dense, rows }) =>
      [...matrices.map(({ local }) => local), ...dense, ...rows.map(({ local }) => local)].map((local) =>
        globalName(stage, local),
      ),
    ),
  );
}

/** The cotangent of the logits. */
export function seedOf({ weights, outputs }: OutputWeights): Tensor {
  const shape = [weights.length / outputs, outputs];
  return { axes: [CLASS, OUTPUT], shape, data: Float32Array.from(weights) };
}

/**
 * Refuses what kernels have no form for. Throws {@link UnsupportedError} `lm.mixed-uses` for a table that is also a matrix
 * factor, `lm.shared-matrix` for a matrix of several stages.
 */
export function refuseUnsupported({ stages }: ChainPrograms): void {
  const users = new Map<string, Set<string>>();
  const matrices = new Set<string>();
  for (const { stage, matrices: own, dense, rows } of stages) {
    const tables = new Set(nodesOf(stage.program, 'gather').map(({ instruction }) => instruction.table));
    const mixed = dense.find((local) => tables.has(local));
    if (mixed !== undefined) throw mixedUses(globalName(stage, mixed), stage.name);
    const whole = [...own.map(({ local }) => local), ...dense];
    for (const local of whole) matrices.add(globalName(stage, local));
    for (const local of [...whole, ...rows.map((one) => one.local)]) {
      const name = globalName(stage, local);
      users.set(name, (users.get(name) ?? new Set()).add(stage.name));
    }
  }
  for (const [name, using] of users) if (matrices.has(name) && using.size > 1) throw sharedMatrix(name, [...using]);
}

/**
 * Numbers in each of a chain's parameters, in order. Throws {@link UserError} `program.mismatch` where an axis of one has
 * no size.
 */
export function parameterSizes(chain: Chain): ReadonlyMap<string, number> {
  const sizes = new Map(chain.stages.map((stage) => [stage, bind(stage.program, { [BATCH]: 1, [TIME]: 1 })]));
  return new Map(
    chainParameters(chain).map(({ stage, local, name }) => {
      const bound = required(sizes.get(stage), `sizes of stage "${stage.name}"`);
      return [name, entries(shapeOf(nodeOf(stage.program, local).type.axes, bound))];
    }),
  );
}
