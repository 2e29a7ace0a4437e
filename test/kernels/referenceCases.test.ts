/**
 * Kernels beside neural-tangents 0.6.5 and, for dense networks, beside 50-digit values of the closed forms: every case of
 * the folder that lies beside the repository.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithShared } from '../support/shared.ts';
import { deviation, flat, kernelsOf, type Nested } from './kernelSupport.ts';

type Kernels = Readonly<Record<'nngp' | 'ntk', Nested>>;
const PAIRS = ['x1_x1', 'x1_x2', 'x2_x2'] as const;

interface Case {
  readonly spec: unknown;
  readonly x1: Nested;
  readonly x2: Nested;
  readonly expected: Readonly<Record<(typeof PAIRS)[number], Kernels>>;
  readonly expected_mpmath?: Readonly<Record<(typeof PAIRS)[number], Kernels>> | null;
  readonly tolerance: number;
}

/** 2⁻⁵² times the few hundred operations of a network of five layers. */
const ROUNDING = 1e-13;

/** Cases that stand elsewhere, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'attn_identity_nolinear.json':
    'a mean over scores that stay random in the limit; refused (referenceElsewhere.test.ts)',
  'mlp_tanh_numerical_d2.json': 'its quadrature is off by 2e-3; referenceElsewhere.test.ts integrates by another way',
};

describeWithShared('kernels of the reference library', 'reference/nt', (folder) => {
  const names = readdirSync(folder).filter((name) => /^(?!_|predict|digits).*\.json$/.test(name));

  it('are about all cases of the folder', () => {
    const index = JSON.parse(readFileSync(join(folder, '_index.json'), 'utf8')) as readonly unknown[]; // our own file
    expect(names.length).toBe(index.length);
  });

  it.each(names.filter((name) => ELSEWHERE[name] === undefined))('%s', (name) => {
    const { spec, x1, x2, ...own } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case; // our own file
    const sides = { x1_x1: [x1, undefined], x1_x2: [x1, x2], x2_x2: [x2, undefined] } as const;
    for (const pair of PAIRS) {
      const found = kernelsOf(spec, sides[pair][0], sides[pair][1]);
      for (const which of ['nngp', 'ntk'] as const) {
        // Where there are 50-digit values these count, and the library's own error does not.
        const exact = own.expected_mpmath?.[pair][which];
        const [expected, tolerance] = exact ? [exact, ROUNDING] : [own.expected[pair][which], own.tolerance];
        expect(deviation(found[which].data, flat(expected)), `${pair} ${which}`).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});
