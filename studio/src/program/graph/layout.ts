/** Where the values of a program stand: in layers, each below what it reads. */

import { Graph, layout } from '@dagrejs/dagre';
import type { ShownProgram, ShownValue } from '../values.ts';
import { LINE, type PlacedEdge, type PlacedGraph, type PlacedValue } from './placed.ts';

/** Pixels of a letter, and of what stands around a text. */
const [LETTER, SIDES] = [7.3, 22] as const;
const [TOP, MARGIN, BETWEEN, LAYERS] = [14, 8, 12, 26] as const;
/** Letters of a line; the whole is in its description. */
const MOST_LETTERS = 26;

export function placedGraph({ values }: ShownProgram): PlacedGraph {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: BETWEEN, ranksep: LAYERS, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  const texts = new Map(values.map((value) => [value.name, linesOf(value)]));
  for (const [name, lines] of texts) {
    const width = Math.max(...lines.map((line) => line.length)) * LETTER + SIDES;
    graph.setNode(name, { width, height: lines.length * LINE + TOP });
  }
  for (const { name, reads } of values) for (const from of reads) graph.setEdge(from, name);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }; // set by the layout
  return {
    width,
    height,
    values: values.map((value) => {
      const { x, y, width: across, height: down } = graph.node(value.name) as Omit<PlacedValue, 'value' | 'lines'>; // placed by the layout
      return { value, x, y, width: across, height: down, lines: texts.get(value.name) ?? [] };
    }),
    edges: values.flatMap(({ name, reads }) =>
      reads.map((from) => {
        const { points } = graph.edge(from, name) as Pick<PlacedEdge, 'points'>; // routed by the layout
        return { from, to: name, points };
      }),
    ),
  };
}

/** A name with its formula, a formula alone, and what it is handed out as. */
function linesOf({ label, isNamed, formula, rule, outputs }: ShownValue): string[] {
  const plain = rule === 'given' || rule === 'initial' || rule === 'matrix';
  const lines = !isNamed ? [formula] : plain ? [label, lawOf(formula)] : [`${label} = ${formula}`];
  return [...lines.filter((line) => line !== ''), ...outputs].map((line) =>
    line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS - 1)}…` : line,
  );
}

/** Numbers that are counted rather than written, by letters. */
const MANY = 16;

/** `~ normal(1)` of a declaration, the numbers of a constant, nothing of what is given at run time. */
function lawOf(formula: string): string {
  const place = formula.indexOf(' ~ ');
  if (place >= 0) return formula.slice(place + 1);
  if (/^(data|state|initial) /.test(formula)) return '';
  return formula.length > MANY ? 'numbers' : formula;
}
