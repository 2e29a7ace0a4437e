/** What kernels refuse, and the sizes of a chain's parameters. */

import { describe, expect, test } from 'vitest';
import { kernelPrograms, parameterSizes, refuseUnsupported } from '../../../src/lm/kernel/kernelPrograms.ts';
import { build, type Chain, fixed, type Program } from '../../../src/program/index.ts';
import { failureOf } from '../../support/failure.ts';

const start = (name: string) =>
  build(name, { batch: fixed(), time: fixed(), class: fixed(2), word: fixed(7), n: fixed(3) });

/** Words by a table, into the next stage or, with the same table, straight to logits of all words. */
function words(tied: boolean): Program {
  const b = start('words');
  const table = b.parameter('table', ['word', 'n']);
  const x = b.sum(b.gather(table, b.index('tokens', 'word', ['batch', 'time']), 'word'), ['time']);
  const scored = tied ? b.contract(b.contract(x, table, ['n']), table, ['word']) : x;
  b.output('x', scored);
  return b.finish();
}

function turn(): Program {
  const b = start('turn');
  const turned = b.contract(b.input('x', ['batch', 'n']), b.parameter('turn', ["n'", 'n']), ['n']);
  b.output('x', b.rename(turned, "n'", 'n'));
  return b.finish();
}

function logits(): Program {
  const b = start('logits');
  b.output('logits', b.contract(b.input('x', ['batch', 'n']), b.parameter('read', ['class', 'n']), ['n']));
  return b.finish();
}

function chain(tied: boolean, turns: Record<string, string>): Chain {
  const [shared, top] = [turn(), logits()];
  return {
    name: 'words',
    stages: [
      { name: 'words', program: words(tied), parameters: {} },
      { name: 'first', program: shared, parameters: { turn: turns.first ?? 'turn' } },
      { name: 'second', program: shared, parameters: { turn: turns.second ?? 'turn' } },
      { name: 'top', program: top, parameters: {} },
    ],
  };
}

const apart = { first: 'a', second: 'b' };
const refusal = (one: Chain, selected: (name: string) => boolean = () => true) =>
  failureOf(() => refuseUnsupported(kernelPrograms({ chain: one, outputs: 1, selected })));

describe('refused', () => {
  test('a table that is a matrix too', async () => {
    expect(await refusal(chain(true, apart))).toMatchObject({
      code: 'lm.mixed-uses',
      data: { parameter: 'table', stage: 'words' },
    });
  });

  test('a matrix of two stages', async () => {
    expect(await refusal(chain(false, {}))).toMatchObject({
      code: 'lm.shared-matrix',
      data: { parameter: 'turn', stages: ['first', 'second'] },
    });
  });

  test('neither where it is not selected', () => {
    const chosen = kernelPrograms({ chain: chain(true, {}), outputs: 1, selected: (name) => name === 'read' });
    expect(() => refuseUnsupported(chosen)).not.toThrow();
  });
});

test('numbers in parameters, tied ones once', () => {
  expect([...parameterSizes(chain(false, {}))]).toEqual([
    ['table', 21],
    ['turn', 9],
    ['read', 6],
  ]);
});
