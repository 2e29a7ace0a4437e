/** Settings of transformers that have another power of the width than they should, planted. */

import { describe, expect, it } from 'vitest';
import { trainedNet } from '../../src/cli/coordNets.ts';
import { exponentsFor, exponentsOf, MUP, SP } from '../../src/parametrizations/index.ts';
import { settingsOf, short } from './settingRuns.ts';

describe('a coordinate check names', () => {
  it('the rate of an embedding that falls with the width', async () => {
    const { net: given } = trainedNet('transformer', { depth: 1, batch: 4, input: 4, seed: 0 });
    const embedding = given.parameters.find(({ name }) => name === 'embedding') ?? expect.fail('an embedding');
    const actual = {
      ...MUP,
      parameters: { embedding: { ...exponentsFor(MUP, embedding), c: exponentsOf(0, 0, 1, 0).c } },
    };
    expect(short(await settingsOf('transformer', { actual }))).toEqual(['embedding rate of embedding: -1, 0']);
  });

  it('a tied embedding whose output lacks 1/n', async () => {
    const found = await settingsOf('transformer-tied', {
      parametrization: { ...MUP, name: 'no output multiplier', out: SP.out },
    });
    expect(short(found)).toContain('tied weights of embedding: 0, -1');
    expect(found.find(({ setting }) => setting === 'tied weights')?.text).toMatch(
      /the output starts at n\^0\.[4-9]\d$/,
    );
  });
});
