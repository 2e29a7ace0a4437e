/** How what tutorials print is compared; they run in the slow suite. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlike } from './alike.ts';
import { ROOT } from './commands.ts';
import { drawnAlike, wordsOfPage } from './figures.ts';
import { blocksOf, figuresOf } from './tutorials.ts';

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
    ['#1b1f24 1.0\n', '#1b1f24 1.0\n', true],
    ['#1b1f24\n', '#1b1f25\n', false],
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

describe('figures', () => {
  const drawing = (x: string, word: string, label = 'loss 0.12'): string =>
    `<svg aria-label="${label}"><style>svg { color: #1b1f24; }</style><path opacity="0.4" d="M1,2L${x},3"/><text x="1">${word}</text></svg>`;

  it.each([
    [drawing('10.1', 'n = 32'), true],
    [drawing('10.2', 'n = 32'), true],
    [drawing('10.4', 'n = 32'), false],
    [drawing('10.1', 'n = 33'), false],
    [drawing('10.1', 'n = 32', 'loss 0.13'), true],
    [drawing('10.1', 'n = 32', 'loss 0.15'), false],
    [drawing('10.1', 'n = 32').replace('0.4', '0.5'), false],
    [drawing('10.1', 'n = 32').replace('L', 'M'), false],
    [drawing('10.1', 'n = 32').replace('</svg>', '<g></g></svg>'), false],
  ])('%s is alike: %s', (drawn, alike) => {
    expect(drawnAlike(drawing('10.1', 'n = 32'), drawn)).toBe(alike);
  });

  it.each(['adam', 'echo', 'sizes'])('of the tutorials are alike themselves: %s', (name) => {
    const kept = readFileSync(join(ROOT, `docs/tutorials/${name}.svg`), 'utf8');
    expect(drawnAlike(kept, kept)).toBe(true);
  });

  it('are those that a page shows', () => {
    expect(figuresOf('![A](a.svg)\n\n[b](b.svg) ![far](../c.svg) ![D](d.png)\n')).toEqual(['a.svg', 'd.png']);
  });

  it('of a page keep its words to the first figure, with the numbers of colors', () => {
    const page =
      '<style>a</style><body class="x"><h1>Why</h1>\n<p>a <span title="−1.5">b</span></p><figure>c</figure><p>d</p>';
    expect(wordsOfPage(page)).toBe('Why\na (-1.5) b\nc');
  });
});
