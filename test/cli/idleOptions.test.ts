/** Options that would have no effect are told, and so are widths that heads cannot share. */

import { describe, expect, it } from 'vitest';
import { nexort } from './nexort.ts';

describe('an option without effect', () => {
  it.each([
    [
      'coord',
      ['--net', 'rnn', '--depth', '2'],
      '--depth has no effect: --net rnn has one layer, which it uses at every step of its input',
    ],
    [
      'coord',
      ['--net', 'transformer-tied', '--input', '4'],
      '--input has no effect: --net transformer-tied reads texts, which have a vocabulary',
    ],
    [
      'train',
      ['--net', 'gru', '--depth', '2'],
      '--depth has no effect: --net gru has one layer, which it uses at every step of its input',
    ],
    ['train', ['--heads', '2'], '--heads has no effect: --net mlp reads no texts; transformers do'],
    ['train', ['--net', 'cnn', '--context', '8'], '--context has no effect: --net cnn reads no texts; transformers do'],
    ['train', ['--label', 'kind'], '--label has no effect: --data teacher is no table'],
    ['train', ['--data', 'digits', '--classes', '10'], '--classes has no effect: --data digits is no table'],
    [
      'train',
      ['--net', 'transformer', '--data', 'a.txt', '--standardize'],
      '--standardize has no effect: a text has no numbers to scale',
    ],
    ['train', ['--checkpoint-every', '5'], '--checkpoint-every has no effect: without --out no checkpoint is kept'],
  ])('of %s %j is told', async (command, options, message) => {
    const { code, stderr } = await nexort(command, ...options);
    expect([code, stderr]).toEqual([2, `error: ${message}. Leave it out.\n`]);
  });
});

describe('heads that do not divide a width', () => {
  it('are told by the options that give them', async () => {
    const { code, stderr } = await nexort('train', '--net', 'transformer', '--data', 'a.txt', '--width', '250');
    expect([code, stderr]).toEqual([
      2,
      'error: --width 250 cannot be shared by 4 attention heads; expected multiples of 4. Give --width 248, or another number of --heads.\n',
    ]);
  });
});
