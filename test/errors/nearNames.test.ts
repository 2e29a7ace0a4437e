import { describe, expect, it } from 'vitest';
import { nearNames } from '../../src/errors/nearNames.ts';

describe('nearNames', () => {
  it('finds names that differ by few letters, nearest first', () => {
    expect(nearNames('sst2', ['mr', 'sst-2', 'sst-5', 'subj'])).toEqual(['sst-2', 'sst-5']);
    expect(nearNames('kernal', ['kernel', 'label'])).toEqual(['kernel']);
  });

  it('ignores case and prefixes', () => {
    expect(nearNames('SST-2', ['sst-5', 'sst-2'])).toEqual(['sst-2', 'sst-5']);
    expect(nearNames('embeddings.word.weight', ['head.bias', 'bert.embeddings.word.weight'])).toEqual([
      'bert.embeddings.word.weight',
    ]);
  });

  it('names nothing when nothing is near, and at most three names', () => {
    expect(nearNames('weather', ['mr', 'cr', 'subj'])).toEqual([]);
    expect(nearNames('a1', ['a2', 'a3', 'a4', 'a5'])).toEqual(['a2', 'a3', 'a4']);
  });
});
