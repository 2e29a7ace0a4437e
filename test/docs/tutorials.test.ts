/** How what tutorials print is compared; they run in the slow suite. */

import { describe, expect, it } from 'vitest';
import { blocksOf, isAlike } from './tutorials.ts';

describe('what is printed', () => {
  it.each([
    ['loss 0.1234\n', 'loss 0.1236\n', true],
    ['loss 0.1234\n', 'loss 0.1237\n', false],
    ['after 4 steps\n', 'after 5 steps\n', false],
    ['a  1.0\nb\n', 'a 1.0\nc\n', false],
    ['a\n…\nd\n', 'a\nb\nc\nd\n', true],
    ['a\n…\n', 'a\n', true],
    ['a\n…\nd\n', 'a\nb\nc\n', false],
    ['−0.31 (≤ 0)!\n', '−0.32 (≤ 0)!\n', true],
    ['10,500,224 in 74\n', '10,500,225 in 74\n', false],
  ])('%j is alike or not: %j', (shown, printed, alike) => {
    expect(isAlike(shown, printed)).toBe(alike);
  });

  it('is that of the block before, with the name to save it as', () => {
    const page = 'Save as `a.nex`:\n\n```nex\nx\n```\n\n```sh\nnpx nexort check a.nex\n```\n\n```text\nout\n```\n';
    expect(blocksOf(page)).toEqual([
      { kind: 'nex', text: 'x\n', file: 'a.nex' },
      { kind: 'sh', text: 'npx nexort check a.nex\n', shown: 'out\n' },
    ]);
  });
});
