import { describe, expect, it } from 'vitest';
import { likely, nearNames } from '../../../src/errors/wording/nearNames.ts';

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

  it('prefers names of nearly the same length', () => {
    expect(nearNames('tan', ['geluTanh', 'tanh'])).toEqual(['tanh', 'geluTanh']);
  });
});

describe('likely', () => {
  it('gives the nearest name', () => {
    expect(likely('btach', ['batch', 'patch', 'n'])).toBe('batch');
    expect(likely('weather', ['n'])).toBeUndefined();
  });

  it('keeps the first letter of short names', () => {
    expect(likely('w1', ['v1', 'w'])).toBe('w');
    expect(likely('y', ['x', 'z'])).toBeUndefined();
  });

  it('gives up on what nobody typed, and on more names than anyone reads', () => {
    expect(likely('a'.repeat(61), ['a'.repeat(60)])).toBeUndefined();
    const many = Array.from({ length: 20_000 }, (_, k) => `name${k}`);
    expect(likely('name7', many)).toBeUndefined();
    expect(likely('name19999', many)).toBe('name19999');
  });
});
