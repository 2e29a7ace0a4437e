/** Windows in the engine: which are taken at once, and what that costs. Their values are in the conformance suite. */

import { describe, expect, it } from 'vitest';
import { lower } from '../../src/finite/lower.ts';
import { windowNests } from '../../src/finite/windows.ts';
import { cnn } from '../../src/nets/index.ts';
import { bind, type Program, parseProgram, reverse } from '../../src/program/index.ts';

const HEAD = 'fixed row = 4, column = 6, half = 2, tap = 2, pick = 3\ndata x[row, column]\n';
const program = (lines: string): Program => parseProgram(HEAD + lines);

/** The axes of each nest that is lowered, by the name of its last window. */
function nests(source: Program): Record<string, string> {
  const { of, inner } = windowNests(source);
  const lowered = [...of].filter(([name]) => !inner.has(name));
  return Object.fromEntries(lowered.map(([name, { windows }]) => [name, windows.map(({ axis }) => axis).join(' ')]));
}

/** How many operators of a kind the graph has: fields 4 of its nodes, which hold the kind and before it its length. */
function operators(source: Program, op: string): number {
  const text = Buffer.from(lower(source, bind(source, {})).model).toString('latin1');
  return text.split(`"${String.fromCharCode(op.length)}${op}`).length - 1;
}

describe('windows along several axes', () => {
  it('are one where nothing else reads what is between', () => {
    const lines = 'y = window[row -> row, tap; pad 1](x)\nz = window[column -> column, pick; pad 1](y)\noutput z';
    expect(nests(program(lines))).toEqual({ z: 'row column' });
    expect(nests(program(`${lines}\noutput y`))).toEqual({ y: 'row', z: 'column' });
    expect(nests(program(`${lines}\noutput f = sum[tap](y)`))).toEqual({ y: 'row', z: 'column' });
  });

  it('are apart along one axis, or the axes of its windows', () => {
    const again = "y = window[column -> pick, tap; stride 2](x)\noutput z = window[pick -> half, tap'](y)";
    expect(nests(program(again))).toEqual({ y: 'column', z: 'pick' });
    const within = "y = window[column -> half, pick; stride 3](x)\noutput z = window[pick -> half', tap](y)";
    expect(nests(program(within))).toEqual({ y: 'column', z: 'pick' });
  });

  it('come back in one as well: the backward pass of an image has two overlaps at once', () => {
    const net = cnn({ size: [4, 4], depth: 2 });
    const { program: backward } = reverse(net.program, { output: 'f', seed: ['batch'], inputs: ['x'] });
    const found = Object.values(nests(backward));
    expect(found).toEqual(['row column', 'row column', 'row column', 'row column']);
  });
});

describe('what the graph gathers', () => {
  it('is nothing where windows cut an axis into pieces', () => {
    expect(operators(program('output y = window[row -> half, tap; stride 2](x)'), 'Gather')).toBe(0);
    expect(operators(program('output y = window[row -> pick, tap](x)'), 'Gather')).toBe(1);
  });

  it('is one table for an image', () => {
    const lines = 'y = window[row -> row, tap; pad 1](x)\noutput z = window[column -> column, pick; pad 1](y)';
    expect(operators(program(lines), 'Gather')).toBe(1);
  });
});
