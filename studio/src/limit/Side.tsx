/** One parametrization: functions, loss, movement, and kernels of features. */

import { useMemo } from 'preact/hooks';
import { Chart } from '../figure/Chart.tsx';
import { Formula, type FormulaName, sourceOf, wordsOf } from '../formulas/index.ts';
import type { Field } from '../problem/fields.ts';
import { isPlane } from '../problem/grid.ts';
import { nameOf } from '../problem/nameOf.ts';
import { pointsText } from '../problem/points.ts';
import { GRID, type PageSpec, type Point } from '../problem/spec.ts';
import { TextField } from '../shell/Field.tsx';
import { PARAMETRIZATIONS } from './Controls.tsx';
import { functionFigure } from './figures/functions.ts';
import { kernelFigure } from './figures/kernels.ts';
import { lossFigure, movementFigure } from './figures/paths.ts';
import { LazyPlane } from './LazyPlane.tsx';
import { pinnedSides } from './pinned.ts';
import type { LimitSession } from './session.ts';
import { ofWidth, type SideView } from './view.ts';
import { sentenceOf } from './words.ts';

export interface SideProps {
  readonly session: LimitSession;
  readonly spec: PageSpec;
  readonly place: 0 | 1;
}

const NAMES = ['left', 'right'] as const satisfies readonly Field[];

export function Side({ session, spec, place }: SideProps) {
  const side = spec.sides[place];
  const view: SideView = session.sides.value[place] ?? { networks: [] };
  const time = session.shownTime.value;
  const { points } = side;
  const isInfinite = !Number.isFinite(spec.width);
  const sentence = sentenceOf(side, view, spec, time);
  const name = nameOf(side.parametrization);
  const field = NAMES[place];
  const pins = pinnedSides(session.pinned.value, place);
  const plane = isPlane(points);
  const addPoint = (x: number, y: number, reach: number): void => {
    // A point over a line is meant at any height.
    const near = points.filter((point) => Math.hypot(point.x - x, plane ? point.y - y : 0) < reach);
    const rest = points.filter((point) => !near.includes(point));
    const [at, height] = [Number(x.toFixed(2)), Number(y.toFixed(2))];
    const added: Point = { x: at, y: height, ...(plane ? { class: session.drawnClass.peek() } : {}) };
    session.change('points', pointsText(near.length > 0 ? rest : [...points, added]));
  };
  const formula: FormulaName = view.limit?.kind === 'neural tangent' ? 'operatorLimit' : 'featureLimit';
  const shown = { view, spec, time, pins, sources: { output: sourceOf(formula), kernel: sourceOf('gram') } };
  const of = [view, spec, time, ...pins.map((pin) => pin.view), pins.length];
  return (
    <section class="side" aria-label={name}>
      <TextField
        name={field}
        label={place === 0 ? 'Parametrization' : 'beside it'}
        value={session.fields.value[field]}
        error={session.errors.value[field]}
        choices={PARAMETRIZATIONS}
        onChange={(value) => session.change(field, value)}
      />
      <p class="sentence" aria-live="polite">
        {sentence}
      </p>
      {plane ? (
        <LazyPlane {...shown} points={points} name={name} onPlace={addPoint} />
      ) : (
        <Chart
          title={`Functions, ${name}`}
          label={`Outputs over x after ${time} updates: the limit${isInfinite ? '' : ` and networks of width ${spec.width}`}, with the points to meet. ${sentence}`}
          of={of}
          draw={(width) => functionFigure({ ...shown, points }, width)}
          onPlace={addPoint}
        />
      )}
      <Chart
        title={`Loss by update, ${name}`}
        label={`Loss of the points by update, of the limit and of networks by width. ${sentence}`}
        of={of}
        draw={(width) => lossFigure(shown, width)}
      />
      <Chart
        figure="movement"
        title={`Movement of features, ${name}`}
        label={`How far the last feature kernel is from where it started, ‖K − K₀‖ / ‖K₀‖, by update and width. ${sentence}`}
        of={of}
        draw={(width) => movementFigure(shown, width)}
      />
      <Kernels view={view} spec={spec} time={time} name={name} place={place} />
      {view.limit === undefined ? null : <Equations names={[formula, ...rulesOf(side.optimizer)]} />}
    </section>
  );
}

/** Rules that have a formula of their own. */
const RULES = ['sgd', 'momentum', 'signsgd', 'adam'] as const satisfies readonly FormulaName[];

/** How weights move, and by which Q: of rules with a name. */
function rulesOf(optimizer: string): readonly FormulaName[] {
  const rule = RULES.find((name) => name === optimizer.trim().split(':')[0]);
  return rule === undefined ? ['update'] : ['update', rule];
}

/** What is computed, as formulas with where they stand. */
function Equations({ names }: { readonly names: readonly FormulaName[] }) {
  return (
    <details>
      <summary>The limit as a formula</summary>
      {names.map((name) => (
        <div key={name}>
          <p class="rule-formula">
            <Formula name={name} />
            <span class="definition">{sourceOf(name)}</span>
          </p>
          <p class="hint">{wordsOf(name)}</p>
        </div>
      ))}
    </details>
  );
}

function Kernels({
  view,
  spec,
  time,
  name,
  place,
}: {
  readonly view: SideView;
  readonly spec: PageSpec;
  readonly time: number;
  readonly name: string;
  readonly place: 0 | 1;
}) {
  const { points } = spec.sides[place];
  const path = view.limit?.kernels?.at(-1);
  const limit = path?.[time]?.map(({ value }) => value);
  const [network] = Number.isFinite(spec.width) ? ofWidth(view, spec.width) : [];
  const finite = network?.kernels?.[time]?.at(-1);
  const largest = useMemo(() => {
    const all = [
      ...(path?.flat().map(({ value }) => value) ?? []),
      ...(network?.kernels?.flatMap((step) => step.at(-1) ?? []) ?? []),
    ];
    return all.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  }, [path, network]);
  const panel = (title: string, label: string, entries: readonly number[] | undefined) =>
    entries === undefined || entries.length === 0 ? (
      <figure class="chart">
        <figcaption>
          <span class="chart-title">{title}</span>
        </figcaption>
        <p class="empty">{label}</p>
      </figure>
    ) : (
      <Chart
        title={title}
        label={label}
        of={[entries, largest]}
        draw={(width) => kernelFigure(entries, points, largest, width, sourceOf('gram'))}
      />
    );
  return (
    <div class="kernels">
      {panel(
        `Last feature kernel at ∞, ${name}`,
        limit === undefined
          ? 'It comes with the limit.'
          : isPlane(points)
            ? `⟨x(a) | x(b)⟩ over the ${points.length} points in the limit, those of class -1 first.`
            : `⟨x(a) | x(b)⟩ over ${GRID} × ${GRID} inputs in the limit.`,
        limit,
      )}
      {panel(
        Number.isFinite(spec.width)
          ? `at n = ${spec.width}, seed ${network?.seed ?? spec.sides[place].seed}`
          : 'at a finite width',
        Number.isFinite(spec.width)
          ? finite === undefined
            ? 'It comes with the first network.'
            : `The same kernel of one network of width ${spec.width}.`
          : 'Move the slider to a finite width to see one.',
        finite,
      )}
    </div>
  );
}
