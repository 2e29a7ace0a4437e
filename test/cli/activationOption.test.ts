import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activationNamed } from '../../src/cli/activationOption.ts';
import { argument, mul, unary, unaryFunctions } from '../../src/program/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

describe('an activation', () => {
  it.each(Object.keys(unaryFunctions))('is %s', (name) => {
    expect(activationNamed(name)).toBe(name);
  });

  it('is none of other names', () => {
    expect(() => activationNamed('signum')).toThrow('there is no function "signum" of one variable.');
  });

  it('is any expression in x', () => {
    expect(activationNamed('x * sigmoid(2 * x)')).toEqual(mul(argument(0), unary('sigmoid', mul(2, argument(0)))));
    expect(activationNamed('x')).toEqual(argument(0));
    expect(() => activationNamed('y + x')).toThrow('unknown value "y"');
    expect(() => activationNamed('x +')).toThrow('--activation');
    expect(() => activationNamed('2 * 3')).toThrow('there is no function "2 * 3" of one variable.');
    expect(() => activationNamed('mean[n](x)')).toThrow('there is no function');
  });
});

describe('an activation without a derivative', () => {
  const SAME = 'the derivative of sign is 0 wherever there is one. Take tanh there, which takes like values, or';

  it.each([
    ['coord', []],
    ['coord', ['--net', 'transformer']],
    ['transfer', []],
    ['train', []],
    ['train', ['--net', 'residual-mlp', '--freeze', 'w0']],
  ])('is refused by %s %j, with nothing made', async (command, options) => {
    const folder = await temporaryFolder({});
    const out = command === 'coord' ? ['--plot', join(folder, 'out.svg')] : ['--out', join(folder, 'out')];
    const { code, stdout, stderr } = await nexort(command, ...options, '--activation', 'sign', ...out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .* would never learn: they bear on the output through sign alone, at /);
    expect(stderr).toContain(SAME);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('trains what lies behind it where the rest is frozen', async () => {
    const { code, stderr } = await nexort(
      ...['train', '--activation', 'sign', '--freeze', 'w1,w2', '--steps', '2', '--width', '8', '--json'],
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });
});
