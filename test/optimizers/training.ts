/** Training steps of one hidden matrix and its readout, as examples/programs/adam-hidden-matrix.nex has them. */

import { type Optimizer, type UpdateOptions, writeUpdate } from '../../src/optimizers/index.ts';
import { type Program, parseProgram, Writer } from '../../src/program/index.ts';

const FORWARD = `program training
  fixed batch = 2
  width n
  initial x[batch, n] ~ normal(1)
  initial v[n] ~ normal(1)
  target[batch] = (1, -1)
  state W[n, n'] ~ normal(|n|^-0.5)
  y = tanh(W @ x)
  f = avg(v * y)
  error = f - target
  dh = error * v * (1 - y^2)
  keep g[n, n'] = dh @[batch] x[n']
  next state W
  output f
  output loss = mean[batch](error^2)`;

/** One step: forward, squared loss, the gradient of the hidden matrix, and its update by the optimizer. */
export function trainingStep(optimizer: Optimizer, options: UpdateOptions): Program {
  const forward = parseProgram(FORWARD);
  const writer = Writer.from(forward);
  for (const { name, value, role } of forward.outputs) if (role === 'data') writer.output(name, writer.value(value));
  const [weight, gradient] = [writer.value('W'), writer.value('g')];
  const next = writeUpdate(writer, optimizer, { prefix: 'W.', axes: weight.type.axes, weight, gradient }, options);
  writer.output('W', next, 'state');
  return writer.finish();
}
