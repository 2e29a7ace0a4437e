import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toldOptimizer, toldRule } from '../../src/cli/optimizerOption.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';

describe('an optimizer in one line', () => {
  it('has the settings that are told', async () => {
    expect((await toldOptimizer('adam')).settings).toEqual({});
    const told = await toldOptimizer('adam:beta2=0.95,amsgrad=true');
    expect(told.optimizer.name).toBe('adam');
    expect(told.settings).toEqual({ beta2: 0.95, amsgrad: true });
  });

  it.each(['adam:beta2', 'adam:learningRate=1', 'adam:a=1:b=2'])('is not %j', async (given) => {
    expect((await failureOf(() => toldOptimizer(given))).message).toBe(
      `--optimizer is given '${given}'; expected a name or a .json file with its settings, such as adam, adam:beta2=0.95,epsilon=1e-6, mine.json:beta=0.8, or an expression in gradient, such as 'tanh(4 * gradient)'. The learning rate is given with --learning-rate.`,
    );
  });

  it('has a name', async () => {
    expect((await failureOf(() => toldOptimizer('adm'))).message).toContain('Did you mean "adam"?');
  });

  it('is a file, with settings behind it', async () => {
    const folder = await temporaryFolder({ 'mine.json': { ...SOFT } });
    const path = join(folder, 'mine.json');
    const told = await toldOptimizer(`${path}:beta=0.8`);
    expect(told).toMatchObject({ optimizer: { name: 'mine' }, settings: { beta: 0.8 } });
    expect(told.identity).toMatchObject({ optimizer: { name: 'mine' } });
    expect((await toldOptimizer('adam:beta1=0.8')).identity).toBe('adam:beta1=0.8');
  });

  it('is an expression in the gradient, with the rule that it has', async () => {
    const told = await toldOptimizer('tanh(4 * gradient)');
    expect(told).toMatchObject({
      optimizer: { name: 'tanh(4 * gradient)' },
      settings: {},
      identity: 'tanh(4 * gradient)',
    });
    expect(await toldRule('3 * gradient', false)).toMatchObject({ linear: true });
    expect(await toldRule('tanh(4 * gradient)', false)).toMatchObject({ linear: false });
    const { message } = await failureOf(() => toldOptimizer('tanh(4 * gradient + moment)'));
    expect(message).toContain('update:1:21: unknown value "moment"');
  });

  it('is a file of which everything wrong is told at once', async () => {
    const bad = {
      learningRate: 'fast',
      hyperparameter: {},
      state: { first: 'bet', second: { extent: 'cells', initial: 0 } },
      hyperparameters: { maximize: 1, beta: null },
      formulas: { first: 'betta * first', second: 'tanh(', update: 'mean[layers](gradient)', rate: true },
    };
    const folder = await temporaryFolder({ 'bad.json': bad });
    const { code, message } = await failureOf(() => toldOptimizer(join(folder, 'bad.json')));
    expect(code).toBe('optimizers.definition');
    for (const part of [
      'the definition of optimizer "bad":',
      '"hyperparameter" is not known. Did you mean "hyperparameters"?',
      'learningRate is "fast"; expected a number',
      'maximize: every optimizer has it already',
      'beta is null; expected a number',
      'second: extent is "cells"; expected one of entries, rows, columns, scalar',
      'first:1:1: unknown value "betta"',
      'second:1:6: ',
      'update: a mean over [layers]; expected one of columns, rows, entries',
      'rate: its formula is true; expected a text',
    ])
      expect(message).toContain(part);
  });

  it('reads its update rule from its formulas; a user’s Adam is Adam', async () => {
    const root = join(import.meta.dirname, '../../examples/optimizers');
    const [mine, adam] = [await toldRule(join(root, 'adam.json'), false), await toldRule('adam', false)];
    expect({ ...mine, name: 'adam' }).toEqual(adam);
    expect({ ...(await toldRule(join(root, 'adam.json'), true)), name: 'adam' }).toEqual(await toldRule('adam', true));
    const soft = await toldRule(join(root, 'soft-sign.json'), false);
    expect(soft).toMatchObject({ small: 'proportional', large: 'order-1', scaleInvariant: false, by: 'formulas' });
    expect(await toldRule('adam:epsilon=0.1', false)).toEqual(await toldRule('adam', true));
  });
});

const SOFT = {
  hyperparameters: { beta: 0.9 },
  state: { first: 0 },
  formulas: { first: 'beta * first + (1 - beta) * gradient', update: 'tanh(next first)' },
};
