/** Which output kernels are of. */

import type { Program } from '../program/index.ts';
import * as errors from './errors.ts';

/** The output of a name, or the only one. Throws {@link UserError} `kernels.unknown-output`. */
export function dataOutput(program: Program, given: string | undefined): Program['outputs'][number] {
  const outputs = program.outputs.filter(({ role }) => role === 'data');
  const found =
    given === undefined ? (outputs.length === 1 ? outputs[0] : undefined) : outputs.find(({ name }) => name === given);
  if (found !== undefined) return found;
  throw errors.unknownOutput(
    program.name,
    given,
    outputs.map(({ name }) => name),
  );
}
