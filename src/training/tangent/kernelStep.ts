/** The neural tangent limit by its kernel, where an update of all weights is one of the error signal (theory 7). */

import type { Net } from '../../nets/index.ts';
import { writeUpdates } from '../../optimizers/index.ts';
import { type Axis, add, argument, nodeOf, outputOf, type Program, spaceOf, Writer } from '../../program/index.ts';
import * as errors from '../errors.ts';
import { writeLoss } from '../loss.ts';
import { type StepOptions, writeStart } from '../options.ts';

/** Examples, and those on the side that moves. */
const [BATCH, OTHER]: readonly [Axis, Axis] = ['batch', "batch'"];

/**
 * A step of f = f_0 + K α, α ← α − η Q(χ), from α = 0: data `kernel` [batch, batch′], the output's start `f.start`, `target`
 * and the examples' `weight`; outputs `f` and `loss` before the update. Several outputs move each by the errors of its own.
 *
 * For a Q that is linear that is training in the neural tangent limit, K the tangent kernel: Q(Σ_b χ_b ∂f_b) = Σ_b Q(χ_b)
 * ∂f_b. For the sign of one example's gradient it is so too, K the kernel of signs: sign(χ ∂f) = sign χ sign ∂f.
 *
 * Throws {@link UserError} `training.no-tangent-limit` where the output has no axis of examples, `optimizers.settings`,
 * `training.bad-loss`, `training.no-classes`.
 */
export function kernelStep(
  { program, output }: Net,
  { optimizer, settings = {}, loss = 'squared', reduction = 'mean' }: Omit<StepOptions, 'parametrization'>,
): Program {
  const { axes } = nodeOf(program, outputOf(program, output).value).type;
  if (!axes.includes(BATCH))
    throw errors.noTangentLimit(
      program.name,
      'an output for each example',
      `"${output}" is on [${axes.join(', ')}]`,
      'give it the axis batch',
    );
  const writer = new Writer(`${program.name}, a step of ${optimizer.name} by its kernel`);
  const spaces = new Set(axes.map(spaceOf));
  for (const space of program.spaces) if (spaces.has(space.name)) writer.space(space);
  const real = (own: readonly Axis[]) => ({ kind: 'real', axes: own }) as const;
  const kernel = writer.write({ op: 'input', role: 'data', type: real([BATCH, OTHER]) }, 'kernel');
  const law = { kind: 'constant', value: 0 } as const;
  const moved = writer.write({ op: 'input', role: 'state', type: real(axes), law }, MOVED);
  const response = writer.contract(kernel, writer.rename(moved, [[BATCH, OTHER]]), [OTHER]);
  const f = writer.map(add(argument(0), argument(1)), [writeStart(writer, output, axes), response]);
  const written = writeLoss(writer, loss, f, { weighted: true, reduction });
  const how = { optimizer, settings: typeof settings === 'function' ? settings(MOVED) : settings };
  writeUpdates(writer, [{ name: MOVED, axes, weight: moved, gradient: () => written.error(), how }]);
  writer.output(output, f);
  if (written.loss !== undefined) writer.output('loss', written.loss());
  return writer.finish();
}

/** The state α. */
const MOVED = 'moved';
