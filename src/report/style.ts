/** The report's style sheet: light and dark by the reader's preference, one column on narrow screens, plain on paper. */

import { Html } from './html.ts';

/** Colors by name on a light page, as CSS declares them. */
export const LIGHT = `
  --page: #ffffff; --card: #f6f7f9; --ink: #1b1f24; --muted: #5a6472; --line: #dfe3e8; --accent: #0b5fa5;
  --warn-page: #fff6e5; --warn-line: #b86e00; --mark: #0b5fa5;
  --series-0: #6b7480; --series-1: #0b6cb5; --series-2: #bf4b00; --series-3: #007a5a; --series-4: #9a3f86; --series-5: #7a6200;
  --narrowest: #d98200; --widest: #3a2a9e;`;

/** The same names on a dark page. */
export const DARK = `
  --page: #14171b; --card: #1d2127; --ink: #e8eaed; --muted: #a2abb6; --line: #333a42; --accent: #7cc0ff;
  --warn-page: #2b2415; --warn-line: #e0a030; --mark: #4a9eea;
  --series-0: #a4adb8; --series-1: #62b2f5; --series-2: #f59452; --series-3: #3fc79a; --series-4: #d98cc8; --series-5: #cdb24a;
  --narrowest: #ffbe55; --widest: #9f93ff;`;

/** Rules for the whole page. Colors of heat maps are in colors.ts. */
export const STYLE = new Html(`
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3 { line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; margin: 0; }
h1 { font-size: 2rem; font-weight: 680; }
h2 { font-size: 1.3rem; font-weight: 650; margin-bottom: 0.5rem; }
h3 { font-size: 1rem; font-weight: 650; }
p { margin: 0 0 0.75rem; max-width: 68ch; text-wrap: pretty; }
section { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--card); padding: 0.1em 0.35em; border-radius: 4px; overflow-wrap: anywhere; }
small, .note, figcaption { color: var(--muted); font-size: 0.875rem; line-height: 1.5; }
.eyebrow { color: var(--muted); font-size: 0.875rem; margin: 0 0 0.35rem; }
.lead { font-size: 1.1rem; margin: 0.75rem 0 0.4rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border-radius: 10px; padding: 0.9rem 1.1rem 0.95rem; border-top: 3px solid var(--tone, var(--line)); }
.cards .name { display: block; color: var(--muted); font-size: 0.875rem; }
.cards .value { display: block; font-size: 1.7rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; letter-spacing: -0.02em; }
.cards .more { display: block; color: var(--muted); font-size: 0.8125rem; }
.warnings { background: var(--warn-page); border-left: 4px solid var(--warn-line); border-radius: 0 8px 8px 0; margin-top: 1.5rem; padding: 0.9rem 1.2rem; }
.warnings h2 { font-size: 1rem; margin-bottom: 0.25rem; }
.warnings ul { margin: 0; padding-left: 1.1rem; }
.warnings li { max-width: 72ch; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.5rem 3rem; align-items: start; }
.flow { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; }
.flow > * { max-width: 100%; }
figure { margin: 0; }
figcaption { margin-top: 0.5rem; max-width: 60ch; }
.draw { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem 2rem; margin: 0.4rem 0 2rem; align-items: start; }
.draw table { font-size: 0.85rem; }
.draw th, .draw td { padding: 0.3rem 0.4rem; }
.keys { grid-template-columns: repeat(2, minmax(0, 1fr)); max-width: 100%; margin: 1.25rem 0 2rem; }
.keys .plot { max-width: 22rem; }
.draw .note { margin: 0.6rem 0 0; }
.keys .note { margin: 0 0 0.6rem; }
.keys h3 { margin-bottom: 0.25rem; }
.plot { display: block; width: 100%; height: auto; font-family: inherit; font-size: 12.5px; font-variant-numeric: tabular-nums; overflow: visible; }
.plot .names { font-size: 14px; font-weight: 600; }
.plot .rows rect:hover { stroke: var(--ink); stroke-width: 1.5px; }
.only-dark { display: none; }
@media screen and (prefers-color-scheme: dark) { .only-dark { display: inline; } .only-light { display: none; } }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: separate; border-spacing: 0; font-size: 0.9rem; line-height: 1.25rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: 0.875rem; padding: 0 0 0.4rem; }
td { white-space: nowrap; }
thead th:first-child, thead td:first-child, tbody th, tfoot th { position: sticky; left: 0; background: var(--page); }
caption span { display: block; max-width: min(60ch, calc(100vw - 2rem)); }
th, td { padding: 0.375rem 0.6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th:first-child, td:first-child { padding-left: 0.25rem; }
th { font-weight: 600; }
thead tr.groups > * { border-bottom: 0; padding-bottom: 0; font-weight: 500; color: var(--muted); }
thead th:first-child { text-align: left; }
thead th { border-bottom: 1.5px solid var(--muted); vertical-align: bottom; }
tbody th, .text { text-align: left; }
tbody th { font-weight: 500; }
tfoot th { text-align: left; }
tbody:has(+ tfoot) tr:last-child > * { border-bottom: 0; }
tfoot tr:first-child > * { border-top: 1.5px solid var(--muted); }
td.text { white-space: normal; overflow-wrap: break-word; }
td.text:nth-child(3) { min-width: 16rem; }
.tokens { line-height: 2.1; max-width: none; }
.token { padding: 0.15em 0.3em; border-radius: 4px; }
.token.for { background: color-mix(in srgb, var(--series-1) var(--share), transparent); }
.token.against { background: color-mix(in srgb, var(--series-2) var(--share), transparent); }
td.chosen { font-weight: 700; }
td.share { background: color-mix(in srgb, var(--mark) var(--share), transparent); }
.facts th { color: var(--muted); font-weight: 500; padding-right: 1rem; vertical-align: top; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.facts { width: 100%; table-layout: fixed; }
.facts th { width: 9.5rem; }
.facts p { margin: 0 0 0.5rem; }
section > details { margin-top: 1.25rem; }
details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 0.6rem 0.25rem; font-weight: 600; }
details > div { padding: 0.25rem 0 1.25rem; }
.stack > * + * { margin-top: 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0 0 0.75rem; max-width: 68ch; color: var(--muted); }
footer { margin-top: 3rem; }
@media screen and (max-width: 52rem) {
  .pair, .draw, .keys { grid-template-columns: minmax(0, 1fr); }
  main { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  section { margin-top: 2.25rem; padding-top: 1.25rem; }
}
@media print {
  @page { margin: 1.4cm; }
  :root { font-size: 11.5px; }
  details:not([open]) { display: none; }
  main { max-width: none; padding: 0; }
  section { margin-top: 1.25rem; padding-top: 0.9rem; }
  .draw table { font-size: 0.75rem; }
  th, td, .draw th, .draw td { padding: 0.15rem 0.35rem; }
  .pair { gap: 1rem 1.5rem; }
  .draw { gap: 0.5rem 1rem; margin-bottom: 1rem; }
  figure, tr, .cards li, .warnings, .draw { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
  .scroll { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
