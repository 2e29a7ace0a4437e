/** The table of kets: moments, hat and dot parts; what is chosen or pointed at shows in text, graph and rules. */

import { Scroll } from '../shell/Scroll.tsx';
import type { KetRow, KetTable } from '../work/kets.ts';
import type { Estimated } from '../work/samples.ts';
import { RULES, type RuleName } from './rules.ts';
import type { Lit, ProgramSession } from './session.ts';
import { bandedText, dotText, productText, withError } from './words.ts';

export function Kets({ session }: { readonly session: ProgramSession }) {
  const { value: table } = session.kets;
  if (table === undefined || table.rows.length === 0) return null;
  const { rows, samples, scramblings } = table;
  const { value: chosen } = session.chosen;
  const row = rows.find(({ name }) => name === chosen?.name);
  return (
    <section class="kets-section">
      <h2>Kets</h2>
      <p class="hint">
        Values on a width, as random variables in the limit: {scramblings} × {samples} samples, ± one standard error; of
        several places of fixed axes the first. A product with an initial matrix is a Gaussian hat part ŷ and a dot part
        ẏ.
      </p>
      <Scroll label="Table of kets">
        <table class="kets">
          <thead>
            <tr>
              <th scope="col">ket</th>
              <th scope="col">axes</th>
              <th scope="col">E[y]</th>
              <th scope="col">E[y²]</th>
              <th scope="col">E[ŷ²]</th>
              <th scope="col">E[ẏ²]</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <Ket key={one.name} row={one} table={table} session={session} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="hint" aria-live="polite">
        {row === undefined ? 'Choose a ket to see what it is made of.' : madeOf(row, table)}
      </p>
    </section>
  );
}

interface KetProps {
  readonly row: KetRow;
  readonly table: KetTable;
  readonly session: ProgramSession;
}

function Ket({ row, table, session }: KetProps) {
  const { name, label, axes, mean, square, product } = row;
  const rule = session.shown.value?.shownAs(name)?.rule ?? 'nonlinear';
  const { value: chosen } = session.chosen;
  const { value: lit } = session.lit;
  const isChosen = chosen?.name === name;
  const point = (part?: Lit['part']) => {
    const light = (): void => {
      session.lit.value = { rule, ...(part === undefined ? {} : { part }) };
    };
    const end = (): void => {
      session.lit.value = undefined;
    };
    return { onMouseEnter: light, onFocusIn: light, onMouseLeave: end, onFocusOut: end };
  };
  const classes = [...(isChosen ? ['chosen'] : []), ...(lit?.rule === rule ? ['lit'] : [])];
  return (
    <tr class={classes.join(' ')} data-value={name}>
      <th scope="row" {...point()}>
        <button type="button" class="quiet" aria-pressed={isChosen} onClick={() => session.choose(name)}>
          {label}
        </button>
      </th>
      <td class="axes" {...point()}>
        {axes.join(', ')}
      </td>
      <Value of={mean} says={`E[${label}]`} rule={rule} {...point()} />
      <Value of={square} says={`⟨${label}|${label}⟩`} rule={rule} {...point()} />
      {product === undefined ? (
        <td colSpan={2} />
      ) : (
        <>
          <Value
            of={product.hat}
            says={`variance of the hat part of ${productText(product, table.rows)}`}
            rule={rule}
            {...point('hat')}
          />
          <Value
            of={product.dot}
            says={`mean square of the dot part of ${productText(product, table.rows)}`}
            rule={rule}
            {...point('dot')}
          />
        </>
      )}
    </tr>
  );
}

interface ValueProps {
  readonly of: Estimated;
  readonly says: string;
  readonly rule: RuleName;
}

/** A number with its error; pointed at, it says where in a formula it stands. */
function Value({ of, says, rule, ...events }: ValueProps) {
  const { title, definition } = RULES[rule];
  return (
    <td title={`${says} = ${withError(of)}\n${title}: ${RULES[rule].says} (${definition})`} {...events}>
      {bandedText(of)}
    </td>
  );
}

function madeOf({ label, product, square }: KetRow, { rows }: KetTable): string {
  if (product === undefined) return `${label}: ⟨${label}|${label}⟩ = ${withError(square)}.`;
  const { of } = product;
  const read = rows.find(({ name }) => name === of)?.label ?? of;
  const name = label === productText(product, rows) ? 'It' : label;
  return `${name} = ${productText(product, rows)} = ŷ + ẏ. ŷ is Gaussian of variance σ²⟨${read}|${read}⟩ = ${bandedText(product.hat)}; ẏ = ${dotText(product)} (IVb 2.6.5).`;
}
