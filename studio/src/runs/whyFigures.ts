/** What carries a prediction, as bars: positive speaks for the label, negative against it. */

import * as Plot from '@observablehq/plot';
import { digits } from '../limit/words.ts';
import { type Defined, definedAs } from './definitions.ts';

export interface Bar {
  readonly name: string;
  readonly weight: number;
  readonly words: string;
}

const ROW = 22;
const TIP = { fill: 'var(--card)', stroke: 'var(--line)' } as const;

/** Rows from top to bottom; names are cut where they have no room. */
export function barsFigure(bars: readonly Bar[], label: string, part: Defined | undefined, width: number) {
  const marginLeft = Math.min(190, Math.round(width * 0.4));
  const most = Math.floor(marginLeft / 7);
  const rows = bars.map((bar, place) => ({ ...bar, place }));
  const cut = (name: string): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
  return Plot.plot({
    className: 'plot',
    ...{ width, height: 64 + ROW * rows.length, marginLeft, marginRight: 20, marginTop: 26, marginBottom: 36 },
    x: { label, ticks: 4, tickSize: 0, grid: true, labelArrow: 'none' },
    y: {
      label: null,
      domain: rows.map(({ place }) => place),
      tickSize: 0,
      tickFormat: (place: number) => cut(rows[place]?.name ?? ''),
    },
    marks: [
      Plot.barX(rows, {
        ...{ x: 'weight', y: 'place', insetTop: 3, insetBottom: 3 },
        fill: ({ weight }: Bar) => (weight < 0 ? 'var(--against)' : 'var(--for)'),
      }),
      Plot.ruleX([0], { stroke: 'var(--muted)' }),
      Plot.tip(
        rows,
        Plot.pointerY({
          x: 'weight',
          y: 'place',
          ...TIP,
          title: ({ weight, words }: Bar) => `${digits(weight)} ${label}: ${words}${definedAs(part)}`,
        }),
      ),
    ],
  });
}
