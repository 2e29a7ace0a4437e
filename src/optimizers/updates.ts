/**
 * The updates of many parameters, as instructions of a program: the one writer of steps. Powers of n are those of IVb
 * 2.2.
 */

import type { Axis, Value, Writer } from '../program/index.ts';
import { writeClipped } from './clipGradients.ts';
import type { Resolved } from './parameters.ts';
import { writeUpdate } from './write.ts';

/** A parameter inside the program that is written. */
export interface Updated {
  /** The name of its state; those of the optimizer are called after it, `W.first`. */
  readonly name: string;
  readonly axes: readonly Axis[];
  /** Absent where only its change is wanted. */
  readonly weight?: Value;
  /** What decay has left of it so far, where it is read before the update is written. */
  readonly shrunk?: Value;
  /** Writes its ordinary derivative, without n^d, when it is asked for; undefined where that is 0 by structure. */
  readonly gradient: () => Value | undefined;
  /** The name of what Q sees, n^d times its gradient. */
  readonly seen?: string;
  readonly how: Resolved;
}

/** What writes the updates of all parameters together. */
export interface UpdatesTogether {
  /** The most that the norm of all derivatives together may be, before n^d; the same at every width. */
  readonly clipNorm?: number;
  /** What becomes of each next weight, or change; default the next state of the parameter's name. */
  readonly then?: (name: string, next: Value) => void;
}

/**
 * Writes the next state of every parameter, in order.
 *
 * With `clipNorm`, θ, all ordinary derivatives are first multiplied by min(1, θ/(ν + 10⁻⁶)), ν being the norm of all of
 * them together, the value `gradientNorm`; then each by its n^d. In this order θ needs no power of n: under NTP and µP
 * (theory 6) the derivative by a hidden matrix has a norm of order 1 at every width, one by a vector of order 1 or
 * n^(−1/2), while what Q sees has entries of order 1 and a norm that grows like √entries. It is also what libraries do.
 * The abcd symmetry, which scales derivatives, does change what is clipped.
 *
 * Throws {@link UserError} `optimizers.settings`.
 */
export function writeUpdates(
  writer: Writer,
  parameters: readonly Updated[],
  { clipNorm, then = (name, next) => writer.output(name, next, 'state') }: UpdatesTogether = {},
): void {
  const clipped = clipNorm === undefined ? undefined : clippedGradients(writer, parameters, clipNorm);
  for (const { name, axes, weight, shrunk, gradient: write, seen, how } of parameters) {
    const gradient = clipped === undefined ? write() : clipped.get(name);
    const next = writeUpdate(
      writer,
      how.optimizer,
      {
        prefix: `${name}.`,
        axes,
        ...(weight === undefined ? {} : { weight }),
        ...(shrunk === undefined ? {} : { shrunk }),
        where: `parameter "${name}", optimizer "${how.optimizer.name}"`,
        ...(gradient === undefined ? {} : { gradient }),
        ...(seen === undefined ? {} : { seen }),
      },
      how,
    );
    then(name, next);
  }
}

/** By the name of the parameter; those that are 0 add nothing to the norm. */
function clippedGradients(writer: Writer, parameters: readonly Updated[], clipNorm: number): Map<string, Value> {
  const written = new Map(
    parameters.flatMap(({ name, gradient }) => {
      const value = gradient();
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  if (written.size === 0) return written;
  return writeClipped(writer, written, clipNorm).clipped;
}
