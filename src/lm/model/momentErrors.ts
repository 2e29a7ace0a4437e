/** Words of the errors of second moments. */

import { UserError } from '../../errors/index.ts';
import { bullets, didYouMean, shapeText } from '../wording.ts';

type Shape = readonly number[];

export function noMomentsFile(path: string): UserError {
  return new UserError(
    'lm.no-moments-file',
    `There is no file '${path}' of second moments. Give a safetensors file that holds one tensor for each parameter, under ` +
      'its name in the checkpoint.',
    { path },
  );
}

export function momentsMismatch(
  file: string,
  missing: readonly { readonly name: string; readonly shape: Shape; readonly near: readonly string[] }[],
  misshaped: readonly { readonly name: string; readonly expected: Shape; readonly found: Shape }[],
): UserError {
  const problems = [
    ...missing.map(({ name, shape, near }) => `'${name}' ${shapeText(shape)} is missing.${didYouMean(near)}`),
    ...misshaped.map(
      ({ name, expected, found }) => `'${name}' has shape ${shapeText(found)}, expected ${shapeText(expected)}.`,
    ),
  ];
  return new UserError(
    'lm.moments-mismatch',
    `The second moments in '${file}' do not fit the model's parameters (${missing.length} missing, ${misshaped.length} of ` +
      `another shape):${bullets(problems)}\nGive one tensor for each parameter of the kernel, under its name in the checkpoint ` +
      'and of its shape, or choose fewer parameters with --params.',
    { file, missing, misshaped },
  );
}

export function negativeMoment(file: string, parameter: string, value: number): UserError {
  return new UserError(
    'lm.negative-moment',
    `The second moments of '${parameter}' in '${file}' hold ${value}; means of squares are 0 or more. Give Adam's second ` +
      'moments (exp_avg_sq), not its first.',
    { file, parameter, value },
  );
}
