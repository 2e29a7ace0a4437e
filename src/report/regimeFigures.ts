/** Figures of the kernel regime: logits, kernels, drift by layer, distance by group, the way there. */

import { required } from '../errors/index.ts';
import type { GroupMovement, LayerDistance, WatchedStep } from '../lm/index.ts';
import { colorScale, picture, THEMES } from './colors.ts';
import { figure, Plot } from './figure.ts';
import { digits } from './format.ts';
import type { Html } from './html.ts';
import { textWidth } from './textLayout.ts';

const [SIDE, MARGIN] = [340, 52] as const;
/** Points of a scatter, at most: further ones hide each other. */
const MOST_POINTS = 600;

/** Class outputs of evaluated examples, all of one length. */
export interface ShownLogits {
  readonly initial: readonly number[];
  readonly linearized: readonly number[];
  readonly trained: readonly number[];
}

/** The linear model's outputs against the fine-tuned model's, example by example. */
export function logitsFigure(shown: ShownLogits, axis: string): Html {
  const step = Math.max(1, Math.ceil(shown.trained.length / MOST_POINTS));
  const points = shown.trained.flatMap((trained, k) =>
    k % step === 0
      ? [
          {
            trained,
            linearized: required(shown.linearized[k], 'output'),
            initial: required(shown.initial[k], 'output'),
          },
        ]
      : [],
  );
  const all = points.flatMap(({ trained, linearized, initial }) => [trained, linearized, initial]);
  const domain: readonly [number, number] = [Math.min(...all), Math.max(...all)];
  return figure({
    label: `${axis} of ${points.length} evaluated outputs: the linear model's across, the fine-tuned model's up, from ${digits(domain[0])} to ${digits(domain[1])}. On the line the two agree.`,
    width: SIDE + MARGIN,
    height: SIDE,
    plot: {
      marginLeft: MARGIN,
      marginBottom: 44,
      x: { domain: [...domain], label: null },
      y: { domain: [...domain], label: null },
      marks: [
        Plot.gridX({ stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.axisX({ label: null, tickSize: 0 }),
        Plot.axisY({ label: null, tickSize: 0 }),
        Plot.link([domain], {
          x1: domain[0],
          y1: domain[0],
          x2: domain[1],
          y2: domain[1],
          stroke: 'var(--ink)',
          strokeDasharray: '6 5',
        }),
        Plot.dot(points, { x: 'initial', y: 'trained', r: 2, fill: 'var(--muted)', fillOpacity: 0.45 }),
        Plot.dot(points, {
          x: 'linearized',
          y: 'trained',
          r: 2.5,
          fill: 'var(--series-1)',
          fillOpacity: 0.75,
          className: 'dots',
        }),
        Plot.text(['linear model'], { frameAnchor: 'bottom', dy: 36 }),
        Plot.text(['fine-tuned'], { frameAnchor: 'top-left', textAnchor: 'start', dx: 6, dy: 8 }),
      ],
    },
  });
}

/** One kernel as colored cells; two side by side share a scale. */
export function kernelPair(before: readonly (readonly number[])[], after: readonly (readonly number[])[]): Html[] {
  const scale = colorScale([...before, ...after].flat());
  const drawnOne = (rows: readonly (readonly number[])[], name: string): Html =>
    figure({
      label: `Kernel ${name}: ${rows.length} evaluated examples down, ${required(rows[0], 'row').length} training examples across, colors from ${digits(scale.least)} to ${digits(scale.most)}.`,
      width: SIDE,
      height: SIDE,
      plot: {
        margin: 2,
        marginTop: 24,
        x: { domain: [0, 1], axis: null },
        y: { domain: [0, 1], axis: null },
        marks: [
          ...THEMES.map((theme) => {
            const source = picture(rows, scale, theme);
            return Plot.image([source], {
              x: [0.5],
              y: [0.5],
              src: [source],
              width: SIDE - 4,
              height: SIDE - 26,
              preserveAspectRatio: 'none',
              imageRendering: 'pixelated',
              className: `only-${theme}`,
            });
          }),
          Plot.frame({ stroke: 'var(--ink)' }),
          Plot.text([name], { frameAnchor: 'top-left', textAnchor: 'start', dy: -14 }),
        ],
      },
    });
  return [drawnOne(before, 'before'), drawnOne(after, 'after')];
}

/** How much each layer's part of the kernel has changed. */
export function layersFigure(layers: readonly LayerDistance[]): Html {
  return bars(
    layers.map(({ layer, frobenius }) => ({ name: layer, value: frobenius })),
    'Change of the kernel by layer, relative to the norm of its part',
  );
}

/** How far each group of parameters has moved. */
export function movementFigure(groups: readonly GroupMovement[]): Html {
  return bars(
    groups.map(({ group, moved, size }) => ({ name: group, value: size === 0 ? moved : moved / size })),
    'Distance moved by group of parameters, relative to their norm',
  );
}

interface Bar {
  readonly name: string;
  readonly value: number;
}

const ROW = 22;

function bars(rows: readonly Bar[], title: string): Html {
  const marginLeft = 12 + Math.max(...rows.map(({ name }) => textWidth(name)));
  const most = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  return figure({
    label: `${title}: ${rows.map(({ name, value }) => `${name} ${digits(value)}`).join('; ')}.`,
    width: 560,
    height: rows.length * ROW + 20,
    plot: {
      marginLeft,
      marginRight: 70,
      marginTop: 8,
      marginBottom: 12,
      x: { domain: [0, most], axis: null },
      y: { domain: [rows.length, 0], axis: null },
      marks: [
        Plot.rect(rows, {
          x1: 0,
          x2: 'value',
          y1: rows.map((_, k) => k + 0.2),
          y2: rows.map((_, k) => k + 0.8),
          fill: 'var(--series-1)',
        }),
        Plot.text(rows, {
          x: 'value',
          y: rows.map((_, k) => k + 0.5),
          text: ({ value }: Bar) => digits(value),
          textAnchor: 'start',
          dx: 6,
        }),
        Plot.text(rows, {
          y: rows.map((_, k) => k + 0.5),
          text: 'name',
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -6,
        }),
      ],
    },
  });
}

/** Linearization error and change of the kernel along a training. */
export function watchedFigure(watched: readonly WatchedStep[], bounds: readonly number[]): Html {
  const last = required(watched.at(-1), 'watched step');
  const most = Math.max(...watched.flatMap(({ logitError, frobenius }) => [logitError, frobenius]), ...bounds);
  const line = (y: 'logitError' | 'frobenius', color: string, name: string): Plot.Markish[] => [
    Plot.line(watched, { x: 'step', y, stroke: color, strokeWidth: 2 }),
    Plot.dot(watched, { x: 'step', y, fill: color, r: 3 }),
    Plot.text([last], { x: 'step', y, text: [name], textAnchor: 'start', dx: 8, fill: color, fontWeight: 600 }),
  ];
  return figure({
    label: `By step: ${watched.map(({ step, logitError, frobenius }) => `${step}: error of the linear model's logits ${digits(logitError)}, change of the kernel ${digits(frobenius)}`).join('; ')}.`,
    width: 560,
    height: 300,
    plot: {
      marginLeft: MARGIN,
      marginRight: 120,
      marginBottom: 44,
      x: { domain: [0, last.step], label: null },
      y: { domain: [0, most], label: null },
      marks: [
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.axisX({ label: null, tickSize: 0 }),
        Plot.axisY({ label: null, tickSize: 0 }),
        Plot.ruleY([...new Set(bounds)], { stroke: 'var(--ink)', strokeDasharray: '6 5' }),
        ...line('logitError', 'var(--series-1)', 'logit error'),
        ...line('frobenius', 'var(--series-2)', 'kernel change'),
        Plot.text(['step'], { frameAnchor: 'bottom', dy: 36 }),
      ],
    },
  });
}
