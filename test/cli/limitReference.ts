/**
 * Limits of training that numpy computed without any of our code (README of the folder), by the command from files of
 * data, within 4 joint standard errors.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LimitReport } from '../../src/cli/limit/result.ts';
import { required } from '../../src/errors/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithShared } from '../support/shared.ts';
import { nexort } from './nexort.ts';

interface Reference {
  readonly case: {
    readonly depth: number;
    readonly activation: string;
    readonly rule: { readonly name: string; readonly epsilon?: number };
    readonly rate: number;
    readonly steps: number;
    readonly x: readonly (readonly number[])[];
    readonly target: readonly number[];
    readonly batches: readonly (readonly number[])[];
  };
  readonly limit: readonly (readonly number[])[];
  readonly standard_error: readonly (readonly number[])[];
}

/** Settings that the generating scripts have as defaults. */
const RULES: Readonly<Record<string, (epsilon: number) => string>> = {
  adam: (epsilon) => `adam:beta2=0.99,epsilon=${epsilon}`,
  rmsprop: (epsilon) => `rmsprop:alpha=0.99,epsilon=${epsilon}`,
  momentum: () => 'momentum:momentum=0.9',
  sign: () => 'signsgd',
};
const EPSILON = 1e-3;

/** Most joint standard errors of a difference. */
const SIGMAS = 4;

/** Compares these cases, by name with how the limit is sampled. */
export function referenceLimits(cases: readonly (readonly [name: string, sampling: readonly string[]])[]): void {
  describeWithShared('the limits of training in shared/reference/limits', 'reference/limits', (folder) => {
    test.each(cases)('%s', async (name, sampling) => {
      const reference: Reference = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      const { depth, activation, rule, rate, steps, x, target, batches } = reference.case;
      const columns = required(x[0], 'inputs').map((_, k) => `x${k}`);
      // Divided by √(input dimension), and so weights of deviation 1 see them.
      const rows = x.map((row, k) => [...row.map((value) => value / Math.sqrt(row.length)), target[k]].join(','));
      const data = join(
        await temporaryFolder({ 'data.csv': [[...columns, 'y'].join(','), ...rows].join('\n') }),
        'data.csv',
      );
      const { code, stdout, stderr } = await nexort(
        ...['limit', '--data', data, '--label', 'y', '--deviation', 'w1=1', '--widths', 'none', '--json', ...sampling],
        ...['--parametrization', name.startsWith('nt_') ? 'ntp' : 'mup', '--depth', String(depth)],
        ...['--activation', activation, '--learning-rate', String(rate), '--steps', String(steps)],
        ...['--optimizer', required(RULES[rule.name], `rule ${rule.name}`)(rule.epsilon ?? EPSILON)],
        ...['--batches', batches.map((batch) => batch.join(',')).join(';'), '--reduction', 'sum'],
      );
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const { outputs, standardErrors, times }: LimitReport = JSON.parse(stdout);
      expect(times.length).toBe(reference.limit.length);
      const far = reference.limit.flatMap((values, step) =>
        values.flatMap((value, k) => {
          const [own, error] = [outputs, standardErrors].map((all) => Number((all[step] as number[])[k]));
          const joint = Math.hypot(Number(error), Number(reference.standard_error[step]?.[k]));
          const sigmas = (Number(own) - value) / joint;
          const fits = Math.abs(sigmas) <= SIGMAS || Number(own) === value;
          return fits ? [] : [{ step, input: k, own, reference: value, sigmas }];
        }),
      );
      expect(far).toEqual([]);
    });
  });
}
