/** Wording of the errors of this room. */

import { InvariantError, UnsupportedError, UserError } from '../errors/index.ts';
import { likely } from '../errors/wording/index.ts';
import type { Violation } from '../program/index.ts';

/** An expectation that neither a formula nor a quadrature reaches. */
export function notClosed(reason: string): UnsupportedError {
  return new UnsupportedError(
    'kernels.not-closed',
    `a kernel asks for a mean that has no closed form here: ${reason}. The sampled limit ("nexort/kets") still gives values.`,
    { reason },
  );
}

export function tooManyTerms(most: number): UnsupportedError {
  return notClosed(`a product of sums with more than ${most} terms`);
}

/** A program whose widths leave NE⊗OR⊤. */
export function outsideFragment(program: string, violations: readonly Violation[]): UserError {
  const lines = violations.map(({ node, text }) => `  ${node}: ${text}`);
  return new UserError(
    'kernels.outside-fragment',
    `program "${program}" leaves NE⊗OR⊤ and has no kernel at infinite width; it still runs at finite width.\n${lines.join('\n')}`,
    { program, violations },
  );
}

/** An instruction whose covariances do not close, by the rule that it breaks. */
export function refused(program: string, node: string, rule: string, text: string): UnsupportedError {
  return new UnsupportedError(
    'kernels.refused',
    `program "${program}", "${node}": ${text} (${rule}). Its kernels do not close here; kets compute the limit ` +
      '("nexort/kets", exactLimit or estimates by samples; of the tangent kernel, of what tangentKernelProgram writes).',
    { program, node, rule },
  );
}

export function notGiven(program: string, name: string): UserError {
  return new UserError(
    'kernels.not-given',
    `program "${program}" needs a value of "${name}": give it as data of x1 (and x2), or state a law ("~ normal(1)").`,
    { program, name },
  );
}

/** Data that no input of the program has the name of. */
export function unknownData(program: string, side: string, given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const meant = near === undefined ? `its data are ${known.join(', ') || 'none'}` : `did you mean "${near}"?`;
  return new UserError('kernels.unknown-data', `${side}: program "${program}" has no data "${given}"; ${meant}`, {
    program,
    side,
    given,
    known,
  });
}

export function wrongAxes(
  side: string,
  name: string,
  given: readonly string[],
  expected: readonly string[],
): UserError {
  return new UserError(
    'kernels.wrong-axes',
    `${side}: "${name}" was given on the axes [${given.join(', ')}], but the program has it on [${expected.join(', ')}].`,
    { side, name, given, expected },
  );
}

export function noInputs(side: string, name: string): UserError {
  return new UserError(
    'kernels.no-inputs',
    `${side}: "${name}" holds no inputs; a kernel needs at least 1 on either side.`,
    {
      side,
      name,
    },
  );
}

/** Sizes of x1 and x2 that should be the same. */
export function otherSize(name: string, axis: string, first: number, second: number): UserError {
  return new UserError(
    'kernels.other-size',
    `x1 and x2 are inputs of one network, but "${name}" has the size ${first} along "${axis}" in x1 and ${second} in x2.`,
    { name, axis, first, second },
  );
}

export function otherCount(side: string, name: string, given: number, expected: number): UserError {
  return new UserError(
    'kernels.other-count',
    `${side}: "${name}" holds ${given} inputs and other data of ${side} ${expected}; give one of each for every input.`,
    { side, name, given, expected },
  );
}

export function notFinite(side: string, name: string, input: number, place: number, value: number): UserError {
  return new UserError(
    'kernels.not-finite',
    `${side}: "${name}" holds ${value} in row ${input + 1}, column ${place + 1}; every number of an input must be finite, and below 1e100 for its square to be.`,
    { side, name, row: input + 1, column: place + 1, value },
  );
}

/** Kernels that have no limit as the width grows. */
export function grows(program: string, output: string, which: string, symbol: string): UserError {
  return new UserError(
    'kernels.grows',
    `the ${which} of output "${output}" of program "${program}" grows with the width ${symbol} and has no limit. Scale the ` +
      `network (an NTK or maximal update parametrization), or give a size of ${symbol}, at which powers of ${symbol} are taken.`,
    { program, output, which, symbol },
  );
}

export function unknownOutput(program: string, given: string | undefined, known: readonly string[]): UserError {
  const names = known.map((name) => `"${name}"`).join(', ');
  return new UserError(
    'kernels.unknown-output',
    given === undefined
      ? `program "${program}" has ${known.length} outputs (${names}); say which one the kernels are of.`
      : `program "${program}" has no output "${given}"; it has ${names || 'none'}.`,
    { program, given, known },
  );
}

/** A finite network's output that has width axes: it has as many gradients as the network is wide. */
export function wideOutput(program: string, output: string, axes: readonly string[]): UserError {
  return new UserError(
    'kernels.wide-output',
    `output "${output}" of program "${program}" is on the width ${axes.join(', ')}; the kernel of a finite network is of an ` +
      'output on fixed axes. Name another output.',
    { program, output, axes },
  );
}

export function severalOutputs(program: string, output: string, axes: readonly string[]): UserError {
  return new UserError(
    'kernels.several-outputs',
    `output "${output}" of program "${program}" has the axes ${axes.join(', ')} beside that of the examples; a tangent kernel ` +
      'as a program is of one number for each example. Hand out one entry (a gather), or use empiricalNtk.',
    { program, output, axes },
  );
}

/** The sign of a sum over places. */
export function signedSum(program: string, parameter: string): UserError {
  return new UserError(
    'kernels.signed-sum',
    `parameter "${parameter}" of program "${program}" is used at several places for each example; expected one use, for ` +
      'the sign of a sum of gradients is no sum of signs. Take tangentStep with signsgd, whose limit is sampled.',
    { program, parameter },
  );
}

/** A kernel of no parameter. */
export function nothingTrained(program: string, output: string): UserError {
  return new UserError(
    'kernels.nothing-trained',
    `output "${output}" of program "${program}" depends on no parameter that is trained; its tangent kernel is 0.`,
    { program, output },
  );
}

export function badBlock(given: number): UserError {
  return new UserError('kernels.bad-block', `block is a whole number of examples from 1 on, but ${given} was given.`, {
    given,
  });
}

/** A rate of what is not trained. */
export function unknownRate(program: string, given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const meant = near === undefined ? `its parameters are ${known.join(', ')}` : `did you mean "${near}"?`;
  return new UserError('kernels.unknown-rate', `rates: program "${program}" has no parameter "${given}"; ${meant}`, {
    program,
    given,
    known,
  });
}

export function badThreads(given: number, most: number): UserError {
  return new UserError('kernels.threads', `threads: expected a whole number from 1 to ${most}, got ${given}.`, {
    given,
    most,
  });
}

export function broken(where: string, detail: string): InvariantError {
  return new InvariantError('kernels.invariant', `${where}: ${detail}.`);
}
