/** The graph of a program, its places, and the keys that lead through it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWithPlaces } from 'nexort/program';
import { describe, expect, it } from 'vitest';
import { placedGraph } from '../../studio/src/program/graph/layout.ts';
import { isKey, walked } from '../../studio/src/program/graph/walk.ts';
import { type ShownProgram, shownProgram } from '../../studio/src/program/values.ts';
import { ROOT } from '../structure/publicEntries.ts';

const FOLDER = join(ROOT, 'examples/programs');
const shownExample = (name: string): ShownProgram =>
  shownProgram(parseWithPlaces(readFileSync(join(FOLDER, `${name}.nex`), 'utf8')));
const valueNamed = ({ values }: ShownProgram, label: string) =>
  values.find((value) => value.label === label) ?? expect.fail(`no ${label}`);

describe('values of a program', () => {
  const shown = shownExample('two-layer-backpropagation');

  it('have the names of the text, or its words, and renamings are what they rename', () => {
    const product = valueNamed(shown, 'W @ x1');
    expect(product).toMatchObject({ isNamed: false, rule: 'matmul' });
    expect(valueNamed(shown, 'dx1')).toMatchObject({ isNamed: true, rule: 'matmul', formula: 'W^T @ dh2' });
    expect(valueNamed(shown, 'x2')).toMatchObject({ formula: 'tanh(·)', rule: 'nonlinear', reads: [product.name] });
    expect(valueNamed(shown, 'f')).toMatchObject({ rule: 'average', outputs: ['output f'] });
    expect(valueNamed(shown, 'W').rule).toBe('matrix');
    expect(valueNamed(shown, 'x').rule).toBe('given');
    expect(shown.values.map(({ formula }) => formula).filter((text) => / as \[/.test(text))).toEqual([]);
  });

  it('are found at places of the text', () => {
    const { place } = valueNamed(shown, 'W @ x1');
    const { line = 0, column = 0 } = place ?? {};
    expect(shown.at(line, column)?.label).toBe('W @ x1');
    expect(shown.at(line, 1)?.label).toBe('x2');
    expect(shown.at(1, 1)).toBeUndefined();
  });

  it('of a training step have what becomes of states', () => {
    const step = shownExample('sgd-two-hidden-layers');
    expect(step.values.flatMap(({ outputs }) => outputs)).toEqual([
      'output f',
      'next state w1',
      'next state W',
      'next state v',
      'output loss',
    ]);
  });
});

describe.each(readdirSync(FOLDER).map((name) => name.replace('.nex', '')))('the graph of %s', (name) => {
  const shown = shownExample(name);
  const graph = placedGraph(shown);

  it('has every value apart from the others, below what it reads', () => {
    expect(graph.values.map(({ value }) => value)).toEqual(shown.values);
    const at = new Map(graph.values.map((one) => [one.value.name, one]));
    for (const { from, to, points } of graph.edges) {
      expect(at.get(from)?.y).toBeLessThan(at.get(to)?.y ?? Number.NaN);
      expect(points.length).toBeGreaterThan(1);
    }
    const overlaps = graph.values.flatMap((p, k) =>
      graph.values
        .slice(k + 1)
        .filter(
          (q) => Math.abs(p.x - q.x) < (p.width + q.width) / 2 && Math.abs(p.y - q.y) < (p.height + q.height) / 2,
        ),
    );
    expect(overlaps).toEqual([]);
  });

  it('leads to each of its values by keys', () => {
    const seen = new Set<string>();
    const walk = (from: string | undefined): void => {
      if (from === undefined || seen.has(from)) return;
      seen.add(from);
      for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'])
        if (isKey(key)) walk(walked(graph, from, key));
    };
    walk(walked(graph, undefined, 'Home'));
    expect(seen.size).toBe(shown.values.length);
  });
});

it('a program of 40 lines has a graph whose letters stay readable where it fits a page', () => {
  const layers = Array.from({ length: 17 }, (_, k) => `h${k + 1} = W${k % 3} @ x${k}\nx${k + 1} = tanh(h${k + 1})`);
  const matrices = [0, 1, 2].map((k) => `initial W${k}[n, n'] ~ normal(|n|^-0.5)`);
  const text = ['width n', 'initial x0[n]', ...matrices, ...layers, 'output f = avg(x17 * x0)'].join('\n');
  expect(text.split('\n').length).toBe(40);
  const graph = placedGraph(shownProgram(parseWithPlaces(text)));
  // Half of a page of 1440 pixels, letters shrunk by a quarter at most.
  expect(graph.width).toBeLessThan(640 / 0.75);
  expect(graph.values.every(({ lines }) => lines.every((line) => line.length <= 26))).toBe(true);
});
