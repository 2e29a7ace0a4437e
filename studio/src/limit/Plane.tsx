/** Outputs over a plane: those at infinity beside those of networks. */

import { Chart } from '../figure/Chart.tsx';
import { INFINITY_COLOR, widthColor } from '../figure/colors.ts';
import type { Point } from '../problem/spec.ts';
import type { PinnedSide } from './figures/common.ts';
import type { FunctionsShown } from './figures/functions.ts';
import { type DecisionLine, planeFigure } from './figures/plane.ts';
import { ofWidth, rightShare } from './view.ts';
import { meanOf } from './words.ts';

export interface PlaneProps extends FunctionsShown {
  readonly name: string;
  readonly pins: readonly PinnedSide[];
  readonly onPlace: (x: number, y: number, reach: number) => void;
}

export function Plane({ view, spec, points, time, pins, name, onPlace }: PlaneProps) {
  const limit = view.limit?.outputs[time]?.map(({ value }) => value);
  const networks = Number.isFinite(spec.width) ? ofWidth(view, spec.width) : [];
  const outputs = networks.flatMap((one) => (one.outputs[time] === undefined ? [] : [one.outputs[time]]));
  const mean = outputs[0]?.map((_, k) => meanOf(outputs.map((one) => one[k] ?? Number.NaN)).value);
  const infinite: readonly DecisionLine[] =
    limit === undefined ? [] : [{ values: limit, color: INFINITY_COLOR, strokeWidth: 2.6 }];
  const pinned = pins.flatMap((pin): DecisionLine[] => {
    const at = pin.view.limit?.outputs[Math.min(time, pin.side.steps)]?.map(({ value }) => value);
    // Another grid would put the line elsewhere.
    if (at === undefined || JSON.stringify(pin.side.points) !== JSON.stringify(points)) return [];
    return [{ values: at, color: INFINITY_COLOR, strokeWidth: 1.8, dash: pin.dash }];
  });
  const finite = outputs.map((values) => ({ values, color: widthColor(spec.width), strokeWidth: 1.6 }));
  const many = `${outputs.length} ${outputs.length === 1 ? 'network' : 'networks'}`;
  return (
    <div class="planes">
      <Panel
        title={`Output at ∞, ${name}`}
        label={wordsOf('The output of the limit over the plane, and the line where it is 0', limit, points)}
        empty="It comes with the limit."
        of={{ points, values: limit, lines: [...infinite, ...pinned] }}
        onPlace={onPlace}
      />
      <Panel
        title={Number.isFinite(spec.width) ? `at n = ${spec.width}, mean of ${outputs.length}` : 'at a finite width'}
        label={wordsOf(
          `The mean output of ${many} of width ${spec.width}, and their lines where it is 0`,
          mean,
          points,
        )}
        empty={
          Number.isFinite(spec.width)
            ? 'It comes with the first network.'
            : 'Move the slider to a finite width to see some.'
        }
        of={{ points, values: mean, lines: [...finite, ...infinite] }}
        onPlace={onPlace}
      />
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly label: string;
  readonly empty: string;
  readonly of: {
    readonly points: readonly Point[];
    readonly values: readonly number[] | undefined;
    readonly lines: readonly DecisionLine[];
  };
  readonly onPlace: PlaneProps['onPlace'];
}

function Panel({ title, label, empty, of: { points, values, lines }, onPlace }: PanelProps) {
  if (values === undefined)
    return (
      <figure class="chart">
        <figcaption>
          <span class="chart-title">{title}</span>
        </figcaption>
        <p class="empty">{empty}</p>
      </figure>
    );
  return (
    <Chart
      title={title}
      label={label}
      of={[values, lines.length, ...lines.map((line) => line.values)]}
      draw={(width) => planeFigure({ points, values, lines }, width)}
      onPlace={onPlace}
    />
  );
}

const wordsOf = (what: string, values: readonly number[] | undefined, points: readonly Point[]): string =>
  values === undefined ? `${what}.` : `${what}; ${rightShare(values, points)} points lie on their side.`;
