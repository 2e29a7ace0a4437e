import { expect, test } from 'vitest';
import { build, fixed, indexTensor, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { messageOf } from '../program/support.ts';

test.each([3, -1])('an index of %i beyond its axis is refused', (place) => {
  const b = build('lookup', { vocabulary: fixed(3), time: fixed(2), batch: fixed(2) });
  const index = b.index('i', 'vocabulary', ['time']);
  b.output('rows', b.gather(b.input('table', ['batch', 'vocabulary']), index, 'vocabulary'));
  const table = tensor(['batch', 'vocabulary'], [2, 3], [1, 2, 3, 4, 5, 6]);
  const feeds = (second: number) => ({ table, i: indexTensor(['time'], [2], [1, second]) });
  const program = b.finish();
  expect([...(interpret(program, feeds(2)).rows?.data ?? [])].sort()).toEqual([2, 3, 5, 6]);
  const [{ name } = { name: '' }] = program.nodes.filter(({ instruction }) => instruction.op === 'gather');
  expect(messageOf(() => interpret(program, feeds(place)))).toBe(
    `"${name}" reads place ${place} of axis vocabulary, which has 0 to 2. Give places of that axis.`,
  );
});
