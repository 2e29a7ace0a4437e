/** Words of the errors of the finite engine. */

import { gigabytes } from '../errors/gigabytes.ts';
import { UnsupportedError, UserError } from '../errors/index.ts';

/** ONNX Runtime, a native library, is missing or does not load here. */
export function noRuntime(reason: unknown): UnsupportedError {
  const [first = ''] = (reason instanceof Error ? reason.message : String(reason)).split('\n');
  return new UnsupportedError(
    'finite.no-runtime',
    `ONNX Runtime does not load on ${process.platform} ${process.arch}: ${first}. Install the packages again (npm ci in a ` +
      'clone, npm install nexort elsewhere); nexort doctor says what is missing.',
    { reason: first },
  );
}

/** One parameter with its optimizer's state does not fit into a memory of 32-bit addresses. */
export function kernelTooLarge(name: string, entries: number, arrays: number, most: number): UnsupportedError {
  return new UnsupportedError(
    'finite.kernel-too-large',
    `state "${name}" has ${entries} entries, and its update works on ${arrays} arrays of them: ` +
      `${gigabytes(4 * arrays * entries)} of f32. Compiled updates reach ${gigabytes(most)} per parameter: train ` +
      'at a smaller width, or split the parameter into several.',
    { name, entries, arrays },
  );
}

/** A state is missing, or one is given that the program does not have. */
export function badState(program: string, problems: readonly string[]): UserError {
  return new UserError(
    'finite.bad-state',
    `state of program "${program}":\n${problems.map((problem) => `  ${problem}`).join('\n')}\n` +
      'Give every state of the program, with its axes and sizes, and no other.',
    { problems },
  );
}

/** An output that a stepper does not hand out. */
export function notHandedOut(program: string, name: string, known: readonly string[]): UserError {
  return new UserError(
    'finite.not-handed-out',
    `program "${program}" hands out no "${name}" at a step; it hands out ${known.map((one) => `"${one}"`).join(', ') || 'nothing'}. ` +
      'States are read with state().',
    { name, known },
  );
}

/** A step program whose weights are parameters, which nothing updates. */
export function parametersOfStep(program: string, parameters: readonly string[]): UserError {
  return new UserError(
    'finite.parameters-of-step',
    `program "${program}" has the parameters ${parameters.join(', ')}; a step carries states. Make them states or data; ` +
      "trainingStep makes states of a network's parameters.",
    { parameters },
  );
}
