import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../src/report/coordBlocks.ts';

const layers = ['embedding', 'query 1', 'up 1', 'query 2', 'up 2', 'output', 'position', 'scores of shares1'];

describe('blocks of layers', () => {
  it('are one where colors tell all layers apart', () => {
    expect(blocksOf(['layer 1', 'layer 2', 'output'])).toEqual([
      { name: '', layers: ['layer 1', 'layer 2', 'output'] },
    ]);
  });

  it('follow the numbers that layers end with, and what has none comes before or after', () => {
    expect(blocksOf(layers)).toEqual([
      { name: 'embedding', layers: ['embedding'] },
      { name: 'block 1', layers: ['query 1', 'up 1', 'scores of shares1'] },
      { name: 'block 2', layers: ['query 2', 'up 2'] },
      { name: 'output, position', layers: ['output', 'position'] },
    ]);
    const deep = Array.from({ length: 6 }, (_, k) => `layer ${k + 1}`);
    expect(blocksOf(deep).map(({ name }) => name)).toEqual(deep);
  });

  it('begin with that in which something goes wrong', () => {
    const names = blocksOf(layers, 'up 2').map(({ name }) => name);
    expect(names).toEqual(['block 2', 'embedding', 'block 1', 'output, position']);
    expect(blocksOf(layers, 'nowhere')[0]?.name).toBe('embedding');
  });
});
