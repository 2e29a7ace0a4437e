/** Results as JSON and as tables. */

import { isPlane, rowsOf } from '../problem/grid.ts';
import type { LimitSpec, PageSpec } from '../problem/spec.ts';
import { limitLink } from './link.ts';
import type { LimitSession } from './session.ts';
import { shownWidths } from './wanted.ts';

/** Everything that is shown, with the link that shows it again. */
export function resultJson(session: LimitSession, spec: PageSpec): string {
  const sides = spec.sides.map((side, place) => ({ asked: side, found: session.sides.peek()[place] }));
  const result = { kind: 'nexort-studio-limit', nexort: __VERSION__, link: limitLink(session) };
  return `${JSON.stringify({ ...result, widths: shownWidths(spec), seeds: spec.seeds, sides })}\n`;
}

/** Outputs after the last update, a row for each input, side and network. */
export function outputTable(session: LimitSession, spec: PageSpec): string {
  const names = isPlane(spec.sides[0].points) ? 'x,y' : 'x';
  return table(
    `parametrization,width,seed,${names},output,standardError`,
    session,
    spec,
    (side, { limit, networks }) => {
      const places = rowsOf(side.points).map(({ inputs }) => inputs.slice(0, -1).join(','));
      return [
        ...(limit?.outputs.at(-1) ?? []).map(
          ({ value, standardError }, k) => `infinity,,${places[k]},${value},${standardError}`,
        ),
        ...networks.flatMap(({ width, seed, outputs }) =>
          (outputs.at(-1) ?? []).map((value, k) => `${width},${seed},${places[k]},${value},`),
        ),
      ];
    },
  );
}

/** Losses by update, a row for each of them, side and network. */
export function lossTable(session: LimitSession, spec: PageSpec): string {
  return table('parametrization,width,seed,updates,loss,standardError', session, spec, (_, { limit, networks }) => [
    ...(limit?.losses ?? []).map(({ value, standardError }, k) => `infinity,,${k},${value},${standardError}`),
    ...networks.flatMap(({ width, seed, losses }) => losses.map((loss, k) => `${width},${seed},${k},${loss},`)),
  ]);
}

function table(
  header: string,
  session: LimitSession,
  spec: PageSpec,
  rowsFor: (side: LimitSpec, view: LimitSession['sides']['value'][number]) => readonly string[],
): string {
  const rows = spec.sides.flatMap((side, place) =>
    rowsFor(side, session.sides.peek()[place] ?? { networks: [] }).map(
      (row) => `${field(side.parametrization)},${row}`,
    ),
  );
  return `${[header, ...rows].join('\n')}\n`;
}

/** Exponents of one's own have commas. */
const field = (word: string): string => (word.includes(',') ? `"${word}"` : word);
