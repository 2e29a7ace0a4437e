import { describe, expect, it } from 'vitest';
import { toldOptimizer } from '../../src/cli/optimizerOption.ts';
import { failureOf } from '../support/failure.ts';

describe('an optimizer in one line', () => {
  it('has the settings that are told', () => {
    expect(toldOptimizer('adam').settings).toEqual({});
    const told = toldOptimizer('adam:beta2=0.95,amsgrad=true');
    expect(told.optimizer.name).toBe('adam');
    expect(told.settings).toEqual({ beta2: 0.95, amsgrad: true });
  });

  it.each(['adam:beta2', 'adam:learningRate=1', 'adam:a=1:b=2'])('is not %j', async (given) => {
    expect((await failureOf(() => toldOptimizer(given))).message).toBe(
      `--optimizer is given '${given}'; expected a name with its settings, such as adam, or adam:beta2=0.95,epsilon=1e-6. The learning rate is given with --learning-rate.`,
    );
  });

  it('has a name', async () => {
    expect((await failureOf(() => toldOptimizer('adm'))).message).toContain('Did you mean "adam"?');
  });
});
