/** Networks whose weights start with deviations of one's own. A constant before each power of n is free (theory 6). */

import type { Net } from '../../nets/index.ts';
import { selectParameters } from '../../optimizers/index.ts';
import { gaussian, type Law, rewrite } from '../../program/index.ts';

/**
 * A network whose parameters are drawn with these deviations, before the powers of the width that a parametrization adds:
 * by names, where `*` stands for any characters; of several that match the last counts. 0 starts a parameter at 0.
 * `{ w1: 1 }` draws the weights that inputs enter through as those of inputs that have been divided by √|input| are.
 *
 * Throws {@link UserError} `optimizers.no-match` where a name fits none.
 */
export function withDeviations(net: Net, deviations: Readonly<Record<string, number>>): Net {
  const laws = new Map<string, Law>();
  for (const [glob, deviation] of Object.entries(deviations)) {
    const law: Law = deviation === 0 ? { kind: 'constant', value: 0 } : gaussian(deviation);
    for (const name of selectParameters(net.parameters, [glob], 'parameters whose deviation is given'))
      laws.set(name, law);
  }
  if (laws.size === 0) return net;
  const program = rewrite(net.program, ({ name, instruction }) => {
    const law = laws.get(name);
    return law === undefined || instruction.op !== 'parameter' ? undefined : { ...instruction, law };
  });
  const parameters = net.parameters.map((one) => ({ ...one, law: laws.get(one.name) ?? one.law }));
  return { ...net, program, parameters };
}
