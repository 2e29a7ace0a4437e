/** The Gram matrix ⟨x|y⟩ between kets that are chosen, with errors; products as wholes, or by their parts. */

import { Formula, saysOf } from '../formulas/index.ts';
import { Scroll } from '../shell/Scroll.tsx';
import { entryOf, type KetColumn, type KetTable } from '../work/kets.ts';
import type { ProgramSession } from './session.ts';
import { bandedText, columnText, withError } from './words.ts';

/** Kets that are shown before one chooses, and the most columns that are shown. */
const [FIRST, MOST] = [4, 16] as const;

export function Gram({ session }: { readonly session: ProgramSession }) {
  const { value: table } = session.kets;
  const { value: wanted } = session.gram;
  const { value: isSplit } = session.areApart;
  if (table === undefined || table.rows.length === 0) return null;
  const { rows, columns } = table;
  const known = wanted?.filter((label) => rows.some((row) => row.label === label)) ?? [];
  const chosen = known.length > 0 ? known : rows.slice(-FIRST).map(({ label }) => label);
  const isProduct = (name: string): boolean => rows.some((row) => row.name === name && row.product !== undefined);
  const all = columns
    .map((column, place) => ({ column, place }))
    .filter(({ column }) => chosen.includes(column.label))
    .filter(({ column: { name, part } }) => (isSplit && isProduct(name) ? part !== 'whole' : part === 'whole'));
  const shown = all.slice(0, MOST);
  const toggle = (label: string): void => {
    session.gram.value = chosen.includes(label) ? chosen.filter((one) => one !== label) : [...chosen, label];
  };
  return (
    <section class="gram">
      <h2>Inner products</h2>
      <p class="hint">
        <Formula name="gram" />
      </p>
      <fieldset class="chips">
        <legend>Between</legend>
        {rows.map(({ name, label }) => (
          <label key={name} class="chip">
            <input type="checkbox" checked={chosen.includes(label)} onChange={() => toggle(label)} />
            {label}
          </label>
        ))}
        {chosen.some((label) => rows.some((row) => row.label === label && row.product !== undefined)) ? (
          <label class="chip split">
            <input
              type="checkbox"
              checked={isSplit}
              onChange={() => {
                session.areApart.value = !isSplit;
              }}
            />
            products as hat and dot parts
          </label>
        ) : null}
      </fieldset>
      <Scroll label="Table of inner products">
        <table>
          <thead>
            <tr>
              <td />
              {shown.map(({ column, place }) => (
                <th key={place} scope="col">
                  {columnText(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ column, place }) => (
              <tr key={place}>
                <th scope="row">{columnText(column)}</th>
                {shown.map((other) => (
                  <Entry key={other.place} table={table} rows={[place, other.place]} columns={[column, other.column]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {all.length > MOST ? (
        <p class="hint">
          {MOST} of {all.length} columns are shown; choose fewer kets for the others.
        </p>
      ) : null}
    </section>
  );
}

interface EntryProps {
  readonly table: KetTable;
  readonly rows: readonly [number, number];
  readonly columns: readonly [KetColumn, KetColumn];
}

/** An inner product, shaded by the cosine. */
function Entry({ table: { gram }, rows: [i, j], columns: [x, y] }: EntryProps) {
  const at = (p: number, q: number) => gram[entryOf(p, q)] ?? { value: Number.NaN, standardError: Number.NaN };
  const entry = at(i, j);
  if (Number.isNaN(entry.value)) return <td title="The widths are different ones: there is no inner product.">–</td>;
  const cosine = entry.value / Math.sqrt(at(i, i).value * at(j, j).value);
  const share = Number.isFinite(cosine) ? Math.round(Math.min(1, Math.abs(cosine)) * 30) : 0;
  const color = cosine < 0 ? 'var(--unstable)' : 'var(--operator)';
  return (
    <td
      style={{ background: `color-mix(in srgb, ${color} ${share}%, transparent)` }}
      title={`⟨${columnText(x)}|${columnText(y)}⟩ = ${withError(entry)}\ncosine ${Number.isFinite(cosine) ? cosine.toFixed(2) : 'none'}\n${saysOf('gram')}`}
    >
      {bandedText(entry)}
    </td>
  );
}
