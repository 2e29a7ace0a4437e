/** Scores of all tasks side by side: a row for each task, in it a line for each method, and the chance level. */

import type { TaskOverview } from '../lm/index.ts';
import { figure, Plot } from './figure.ts';
import { percent } from './format.ts';
import type { Html } from './html.ts';
import { seriesColor } from './scoresFigure.ts';
import { textWidth } from './textLayout.ts';

const WIDTH = 720;
const MARGIN = { top: 34, right: 16, bottom: 28 } as const;
/** Pixels of a method in a task's row, and between rows. */
const [LINE, GAP] = [13, 12] as const;
/** Between the names of tasks and the axis, and between entries of the key. */
const [SPACE, KEY_SPACE] = [12, 22] as const;
const TICKS = 6;

interface Mark {
  readonly task: string;
  readonly method: string;
  /** The place of the method, for its color. */
  readonly series: number;
  readonly mean: number;
  readonly from: number;
  readonly to: number;
  /** Rows from the top, of which the unit is one task. */
  readonly y: number;
}

/** Draws the figure. */
export function overviewFigure(overview: TaskOverview): Html {
  const { tasks, methods } = overview;
  const row = methods.length * LINE + GAP;
  const marginLeft = SPACE + Math.max(...tasks.map(({ task }) => textWidth(task)));
  const marks = tasks.flatMap((task, place) =>
    methods.flatMap((method, series): Mark[] => {
      const score = task.methods[method];
      if (score === undefined) return [];
      const { mean, std } = score;
      const y = place + (GAP / 2 + (series + 0.5) * LINE) / row;
      return [{ task: task.task, method, series, mean, from: mean - std, to: mean + std, y }];
    }),
  );
  const shares = [...tasks.map(({ chance }) => chance), ...marks.flatMap(({ from, to }) => [from, to])];
  const domain = [Math.min(...shares) - 0.02, Math.min(1, Math.max(...shares) + 0.02)];
  const color = ({ series }: Mark): string => seriesColor(series);
  return figure({
    label: describeOverview(overview),
    width: WIDTH,
    height: MARGIN.top + tasks.length * row + MARGIN.bottom,
    plot: {
      marginLeft,
      marginRight: MARGIN.right,
      marginTop: MARGIN.top,
      marginBottom: MARGIN.bottom,
      x: { domain },
      y: { domain: [tasks.length, 0], axis: null },
      marks: [
        Plot.gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: TICKS }),
        Plot.axisX({
          label: null,
          ticks: TICKS,
          tickSize: 0,
          tickFormat: (share: number) => `${(100 * share).toFixed(0).replace('-', '−')}%`,
        }),
        Plot.ruleY(
          tasks.slice(1).map((_, k) => k + 1),
          { stroke: 'var(--line)' },
        ),
        Plot.text(tasks, {
          y: tasks.map((_, k) => k + 0.5),
          text: ({ task }: (typeof tasks)[number]) => task,
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -SPACE / 2,
          fill: 'var(--ink)',
        }),
        Plot.ruleX(tasks, {
          x: 'chance',
          y1: tasks.map((_, k) => k + GAP / 4 / row),
          y2: tasks.map((_, k) => k + 1 - GAP / 4 / row),
          stroke: 'var(--muted)',
          strokeDasharray: '4 3',
          strokeWidth: 1.5,
          className: 'chance',
        }),
        Plot.link(marks, {
          x1: 'from',
          x2: 'to',
          y1: 'y',
          y2: 'y',
          stroke: color,
          strokeWidth: 2,
          strokeOpacity: 0.55,
        }),
        Plot.dot(marks, {
          x: 'mean',
          y: 'y',
          r: 4,
          fill: color,
          stroke: 'var(--page)',
          className: 'dots',
          title: ({ task, method, mean }: Mark) => `${task}, ${method}: ${percent(mean)}`,
        }),
        ...key(methods, marginLeft),
      ],
    },
  });
}

/** A colored name for each method, above the figure. */
function key(methods: readonly string[], marginLeft: number): Plot.Markish[] {
  let dx = -marginLeft + SPACE;
  return methods.map((name, series) => {
    const mark = Plot.text([`● ${name}`], {
      frameAnchor: 'top-left',
      textAnchor: 'start',
      dx,
      dy: -20,
      fill: seriesColor(series),
      fontWeight: 600,
    });
    dx += 1.1 * textWidth(`● ${name}`) + KEY_SPACE;
    return mark;
  });
}

function describeOverview({ tasks, methods }: TaskOverview): string {
  const rows = tasks.map(({ task, chance, methods: own }) => {
    const scores = methods.flatMap((name) => {
      const score = own[name];
      return score === undefined ? [] : [`${name} ${percent(score.mean)}`];
    });
    return `${task}: ${scores.join(', ')}, chance ${percent(chance)}`;
  });
  return `Scores by task and method, with one standard deviation over draws to each side. ${rows.join('; ')}.`;
}
