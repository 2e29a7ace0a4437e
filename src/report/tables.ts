/** Tables of the report. */

import type { Fact } from './data.ts';
import { type Content, type Html, html } from './html.ts';

/** An entry with a look of its own. */
export interface Cell {
  readonly content: Content;
  /** Its class in the style sheet. */
  readonly look: 'chosen' | 'share';
  /** Strength of the background of a `share`, from 0 to 1. */
  readonly share?: number;
}

export interface TableOptions {
  readonly caption: string;
  /** Names over several columns each, above the names of columns. */
  readonly groups?: readonly { readonly name: string; readonly span: number }[];
  readonly head: readonly Content[];
  /** The first entry of each row names it. */
  readonly rows: readonly (readonly (Content | Cell)[])[];
  readonly foot?: readonly (readonly Content[])[];
  /** Columns of running text. */
  readonly textColumns?: readonly number[];
}

/** A table with names of rows and columns. */
export function table({ caption, groups = [], head, rows, foot = [], textColumns = [] }: TableOptions): Html {
  const row = ([name, ...entries]: readonly (Content | Cell)[]): Html => html`<tr>
<th scope="row">${isCell(name) ? name.content : name}</th>${entries.map((entry, k) => data(entry, textColumns.includes(k + 1)))}
</tr>`;
  const heads = head.map((name, k) => html`<th scope="col"${textColumns.includes(k) ? TEXT : undefined}>${name}</th>`);
  return scrolling(
    caption,
    html`<table>
<caption><span>${caption}</span></caption>
<thead>${groups.length === 0 ? undefined : html`<tr class="groups">${groups.map(group)}</tr>`}<tr>${heads}</tr></thead>
<tbody>${rows.map(row)}</tbody>
${foot.length === 0 ? undefined : html`<tfoot>${foot.map(row)}</tfoot>`}
</table>`,
  );
}

/** A table of settings. */
export function facts(caption: string, lines: readonly { readonly name: string; readonly value: Content }[]): Html {
  const rows = lines.map(({ name, value }) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return html`<table class="facts">
<caption><span>${caption}</span></caption>
<tbody>${rows}</tbody>
</table>`;
}

/** Text of data, whose direction of writing does not spill over to its surroundings. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** Lines of a table of settings that the caller's data hold. */
export function foreignFacts(lines: readonly Fact[]): { readonly name: string; readonly value: Html }[] {
  return lines.map(({ name, value }) => ({ name, value: foreign(value) }));
}

/** How something was made: what it is told with, and what of the run is known. */
export function madeSection(
  caption: string,
  lines: readonly { readonly name: string; readonly value: Content }[],
  made: readonly Fact[],
): Html {
  return html`<section aria-labelledby="made">
<h2 id="made">How it was made</h2>
<div class="pair">
${facts(caption, lines)}
${made.length === 0 ? undefined : facts('The run', foreignFacts(made))}
</div>
</section>`;
}

function group({ name, span }: { readonly name: string; readonly span: number }): Html {
  return name === '' ? html`<td colspan="${span}"></td>` : html`<th colspan="${span}" scope="colgroup">${name}</th>`;
}

const TEXT = html` class="text"`;

function data(entry: Content | Cell, text: boolean): Html {
  if (!isCell(entry)) return html`<td${text ? TEXT : undefined}>${entry}</td>`;
  const { content, look, share } = entry;
  const style = share === undefined ? undefined : html` style="--share: ${(100 * share).toFixed(0)}%"`;
  return html`<td class="${look}"${style}>${content}</td>`;
}

function isCell(entry: Content | Cell): entry is Cell {
  return typeof entry === 'object' && 'look' in entry;
}

/** A frame that scrolls sideways, by keyboard too, where the page is too narrow. */
function scrolling(name: string, content: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${content}</div>`;
}
