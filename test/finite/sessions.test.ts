/** Sessions are shared while someone uses them, and released with the last who does. */

import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/finite/index.ts';
import { parseProgram, tensor } from '../../src/program/index.ts';
import { failureOf } from '../support/failure.ts';
import { CountingBackend } from './counting.ts';

const program = parseProgram(`program p
  width n
  fixed batch
  data x[batch, n]
  state w[n] ~ normal(1)
  next state w = w - 0.1 * sum[batch](tanh(x * w))
  output f = avg(w)`);
const x = (batch: number) => ({ x: tensor(['batch', 'n'], [batch, 2], new Array(2 * batch).fill(0.5)) });

describe('sessions of steppers', () => {
  it('are those of their shapes, shared by equal programs, and released with the last stepper', async () => {
    const backend = new CountingBackend();
    const engine = new Engine(backend);
    const make = (seed: number) => engine.stepper(program, { n: 2, batch: 1 }, { seed });
    const [first, second] = [await make(1), await make(2)];
    expect(backend).toMatchObject({ loaded: 1, released: 0 });
    await first.step(x(3));
    await second.step(x(3));
    await second.step(x(4));
    expect(backend).toMatchObject({ loaded: 3, released: 0 });
    await second.release();
    await second.release();
    expect(backend).toMatchObject({ loaded: 3, released: 1 });
    // What is shared goes on.
    await first.step(x(3));
    await first.release();
    expect(backend).toMatchObject({ loaded: 3, released: 3 });
    await (await make(1)).release();
    expect(backend).toMatchObject({ loaded: 4, released: 4 });
    await engine.release();
    expect(backend).toMatchObject({ loaded: 4, released: 4 });
  });

  it('are not those of programs that run once and for all, which stay', async () => {
    const backend = new CountingBackend();
    const engine = new Engine(backend);
    const stepper = await engine.stepper(program, { n: 2 }, { seed: 1 });
    const { outputs } = await engine.interpreter({ draw: () => tensor(['n'], [2], [1, 2]) }).run(program, {}, x(3));
    expect(outputs.f?.data).toHaveLength(1);
    await stepper.step(x(3));
    await stepper.release();
    expect(backend).toMatchObject({ loaded: 2, released: 1 });
    await engine.release();
    expect(backend).toMatchObject({ loaded: 2, released: 2 });
  });

  it('are not used any more: a stepper that was released says so, and one whose engine was', async () => {
    const engine = new Engine(new CountingBackend());
    const [own, other] = [
      await engine.stepper(program, { n: 2 }, { seed: 1 }),
      await engine.stepper(program, { n: 2 }, { seed: 1 }),
    ];
    await other.step(x(3));
    const running = own.step(x(3));
    await own.release();
    expect((await running).f?.data).toHaveLength(1);
    const words = 'the stepper of program "p" has been released; make another one. A state is read before its release.';
    expect((await failureOf(() => own.step(x(3)))).message).toBe(words);
    expect((await failureOf(() => own.load({}))).message).toBe(words);
    expect((await failureOf(() => own.state())).message).toBe(words);
    await other.step(x(3));
    await engine.release();
    expect((await failureOf(() => other.step(x(3)))).message).toBe(words);
    // Its state is its own.
    expect(other.state().w?.shape).toEqual([2]);
    await other.release();
  });
});
