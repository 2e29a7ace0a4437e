/** The graph of a program: instructions as nodes, values as edges; what is chosen is chosen in text and table too. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { saveSvg } from '../../figure/save.ts';
import { RULE_NAMES, RULES, type RuleName } from '../rules.ts';
import type { ShownProgram, ShownValue } from '../values.ts';
import { LINE, type PlacedEdge, type PlacedGraph, type PlacedValue } from './placed.ts';
import { isKey, walked } from './walk.ts';

export interface GraphProps {
  readonly shown: ShownProgram;
  /** Whether the text has changed since, and cannot be read. */
  readonly isStale: boolean;
  readonly chosen: string | undefined;
  /** The rule that is pointed at. */
  readonly lit: RuleName | undefined;
  readonly onChoose: (name: string) => void;
  /** Into the editor, at the chosen line. */
  readonly onOpen: () => void;
}

const STEP = 1.25;
const [LEAST_FIT, LEAST, MOST] = [0.75, 0.35, 2.5] as const;

export function GraphView({ shown, isStale, chosen, lit, onChoose, onOpen }: GraphProps) {
  const [graph, setGraph] = useState<PlacedGraph | undefined>(undefined);
  const [zoom, setZoom] = useState<number | undefined>(undefined);
  const [room, setRoom] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isWanted = true;
    void import('./layout.ts').then(({ placedGraph }) => {
      if (isWanted) setGraph(placedGraph(shown));
    });
    return () => {
      isWanted = false;
    };
  }, [shown]);
  useEffect(() => {
    const { current: element } = place;
    if (element === null) return;
    const observer = new ResizeObserver(() => setRoom(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (chosen === undefined || place.current === null) return;
    reveal(place.current, chosen);
  }, [chosen, graph]);
  // A whole line fits where letters stay readable; beyond that it scrolls.
  const fit = graph === undefined || room === 0 ? 1 : Math.min(1, Math.max(LEAST_FIT, room / graph.width));
  const whole = graph === undefined || room === 0 ? 1 : Math.min(1, Math.max(LEAST, room / graph.width));
  const scale = zoom ?? fit;
  const zoomBy = (factor: number): void => setZoom(Math.min(MOST, Math.max(LEAST, scale * factor)));
  const save = (): void => {
    const svg = place.current?.querySelector('svg');
    if (svg !== null && svg !== undefined) saveSvg(svg, 'graph');
  };
  const keys = (event: KeyboardEvent): void => {
    if (graph === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen();
    } else if (isKey(event.key)) {
      event.preventDefault();
      const next = walked(graph, chosen, event.key);
      if (next === undefined || place.current === null) return;
      onChoose(next);
      nodeElement(place.current, next)?.focus();
    }
  };
  const focusable = graph?.values.some(({ value }) => value.name === chosen) ? chosen : graph?.values[0]?.value.name;
  return (
    <section class="graph" aria-labelledby="graph-title">
      <div class="graph-head">
        <h2 id="graph-title">Graph</h2>
        <div class="graph-tools">
          <button type="button" class="quiet" onClick={() => zoomBy(1 / STEP)} aria-label="Smaller">
            −
          </button>
          <button type="button" class="quiet" onClick={() => setZoom(whole)} aria-label="Fit the whole width">
            fit
          </button>
          <button type="button" class="quiet" onClick={() => zoomBy(STEP)} aria-label="Larger">
            +
          </button>
          <button type="button" class="quiet" onClick={save} aria-label="Save the graph as SVG">
            SVG
          </button>
        </div>
      </div>
      {isStale ? <p class="hint">Of the last text that could be read.</p> : null}
      <div class={isStale ? 'graph-place stale' : 'graph-place'} ref={place}>
        {graph === undefined ? null : (
          // biome-ignore lint/a11y/useSemanticElements: it is a drawing
          <svg
            class="program-graph"
            viewBox={`0 0 ${graph.width} ${graph.height}`}
            width={graph.width * scale}
            height={graph.height * scale}
            role="group"
            aria-label="The program as a graph; arrow keys lead to what is read and to what reads it, Enter into the text"
            onKeyDown={keys}
          >
            {graph.edges.map((edge) => (
              <Edge
                key={`${edge.from} ${edge.to}`}
                edge={edge}
                shown={shown}
                isNear={edge.from === chosen || edge.to === chosen}
              />
            ))}
            {graph.values.map((one) => (
              <Instruction
                key={one.value.name}
                placed={one}
                shown={shown}
                isChosen={one.value.name === chosen}
                isLit={one.value.rule === lit}
                isStop={one.value.name === focusable}
                onChoose={onChoose}
                onOpen={onOpen}
              />
            ))}
          </svg>
        )}
      </div>
      <ul class="legend" aria-label="Instructions">
        {RULE_NAMES.filter((name) => shown.values.some(({ rule }) => rule === name)).map((name) => (
          <li key={name} class={`rule-${name}`} title={`${RULES[name].says} (${RULES[name].definition})`}>
            <svg width="12" height="12" aria-hidden="true">
              <rect width="12" height="12" rx="3" />
            </svg>
            {RULES[name].title}
          </li>
        ))}
      </ul>
      <AsList shown={shown} chosen={chosen} onChoose={onChoose} />
    </section>
  );
}

function Edge({
  edge,
  shown,
  isNear,
}: {
  readonly edge: PlacedEdge;
  readonly shown: ShownProgram;
  readonly isNear: boolean;
}) {
  const value = shown.shownAs(edge.from);
  return (
    <path class={isNear ? 'edge near' : 'edge'} d={curve(edge.points)}>
      {value === undefined ? null : <title>{`${value.label}[${value.axes.join(', ')}]`}</title>}
    </path>
  );
}

interface InstructionProps {
  readonly placed: PlacedValue;
  readonly shown: ShownProgram;
  readonly isChosen: boolean;
  readonly isLit: boolean;
  /** Whether the tabulator stops here. */
  readonly isStop: boolean;
  readonly onChoose: (name: string) => void;
  readonly onOpen: () => void;
}

function Instruction({ placed, shown, isChosen, isLit, isStop, onChoose, onOpen }: InstructionProps) {
  const { value, x, y, width, height, lines } = placed;
  const top = y - (lines.length * LINE) / 2;
  const classes = [
    'instruction',
    `rule-${value.rule}`,
    ...(isChosen ? ['chosen'] : []),
    ...(isLit ? ['lit'] : []),
    ...(value.outputs.length > 0 ? ['out'] : []),
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons within SVG
    <g
      class={classes.join(' ')}
      role="button"
      tabindex={isStop ? 0 : -1}
      aria-pressed={isChosen}
      aria-label={[...new Set([lines.join(' '), describe(value, shown)])].join('; ')}
      data-value={value.name}
      onClick={() => onChoose(value.name)}
      onDblClick={onOpen}
      onFocus={() => {
        if (!isChosen) onChoose(value.name);
      }}
    >
      <title>{`${value.label}[${value.axes.join(', ')}]\n${value.formula}\n${RULES[value.rule].title}: ${RULES[value.rule].says} (${RULES[value.rule].definition})`}</title>
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx="7" />
      {lines.map((line, k) => (
        <text key={k} x={x} y={top + (k + 0.72) * LINE} class={k === 0 ? 'first' : 'more'}>
          {line}
        </text>
      ))}
    </g>
  );
}

/** In words: what it is, what it reads, where it stands. */
function describe({ label, formula, isNamed, rule, reads, outputs, place }: ShownValue, shown: ShownProgram): string {
  const names = reads.map((name) => shown.shownAs(name)?.label ?? name);
  return [
    isNamed ? `${label} = ${formula}` : formula,
    RULES[rule].title,
    ...outputs,
    ...(names.length === 0 ? [] : [`reads ${names.join(', ')}`]),
    ...(place === undefined ? [] : [`line ${place.line}`]),
  ].join('; ');
}

function AsList({ shown, chosen, onChoose }: Pick<GraphProps, 'shown' | 'chosen' | 'onChoose'>) {
  return (
    <details class="graph-list">
      <summary>As a list</summary>
      <ol>
        {shown.values.map((value) => (
          <li key={value.name}>
            <button
              type="button"
              class="quiet"
              aria-pressed={value.name === chosen}
              onClick={() => onChoose(value.name)}
            >
              {describe(value, shown)}
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}

const nodeElement = (root: HTMLElement, name: string): SVGGElement | null =>
  root.querySelector<SVGGElement>(`[data-value="${CSS.escape(name)}"]`);

/** Scrolls the graph alone, not the page. */
function reveal(root: HTMLElement, name: string): void {
  const element = nodeElement(root, name);
  if (element === null) return;
  const [outer, inner] = [root.getBoundingClientRect(), element.getBoundingClientRect()];
  const over = (from: number, to: number, start: number, end: number): number =>
    from < start ? from - start - LINE : to > end ? to - end + LINE : 0;
  root.scrollBy(
    over(inner.left, inner.right, outer.left, outer.right),
    over(inner.top, inner.bottom, outer.top, outer.bottom),
  );
}

/** A smooth line through points: straight to the first middle, then curves between middles. */
export function curve(points: PlacedEdge['points']): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  const at = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  const parts = rest.map((point, k) => {
    const next = rest[k + 1];
    if (next === undefined) return `L${at(point.x, point.y)}`;
    return `Q${at(point.x, point.y)} ${at((point.x + next.x) / 2, (point.y + next.y) / 2)}`;
  });
  return `M${at(start.x, start.y)}${parts.join('')}`;
}
