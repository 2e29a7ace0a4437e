/** Computes what the studio shows before it has computed anything: `npm run studio:stored`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { lossFigure } from './src/limit/figures/paths.ts';
import { limitView } from './src/limit/view.ts';
import { wantedOf } from './src/limit/wanted.ts';
import { sentenceOf } from './src/limit/words.ts';
import { DEFAULTS } from './src/problem/fields.ts';
import { readFields } from './src/problem/read.ts';
import { trainLimit, trainNetwork } from './src/work/train.ts';

/** More digits than a figure shows. */
const DIGITS = 4;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

const { spec } = readFields(DEFAULTS);
if (spec === undefined) throw new Error('the defaults cannot be read');
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
}; // our own file

const found = [];
const figures: string[] = [];
/** Pixels of a figure. */
const WIDTH = 560;
for (const side of spec.sides) {
  const run = await trainLimit(side);
  const { path, scramblings } = run;
  const trained = [];
  const estimates = (of: readonly { readonly value: number; readonly standardError: number }[]) =>
    of.map(({ value, standardError }) => [rounded(value), rounded(standardError)]);
  const networks = [];
  for (const { side: own, network } of wantedOf(spec)) {
    if (own !== side || network === undefined || !spec.beside.includes(network.width)) continue;
    const ran = await trainNetwork({ spec: side, ...network });
    const { outputs, losses } = ran;
    trained.push(ran);
    networks.push({ ...network, outputs: outputs.map((step) => step.map(rounded)), losses: losses.map(rounded) });
  }
  const limit = {
    ...{ kind: path.kind, scramblings },
    outputs: path.outputs.map(estimates),
    losses: estimates(path.losses ?? []),
  };
  found.push({ limit, networks });
  const view = { limit: limitView(run), networks: trained };
  figures.push(
    `<p>${sentenceOf(side, view, spec, side.steps)}</p>\n${figureOf(lossFigure({ view, spec, time: side.steps, pins: [] }, WIDTH, pageDocument()))}`,
  );
}
const text = JSON.stringify({ nexort: version, sides: spec.sides, found });
writeFileSync(join(import.meta.dirname, 'stored/limit.json'), `${text}\n`);

// What stands in the page until its script runs, and where none does.
writeFileSync(
  join(import.meta.dirname, 'stored/limit.html'),
  `<main>
<header class="lead"><h1>See a network become its limit</h1>
<p>Losses by update at infinite width (∞, with a band of two standard errors) and of networks of widths ${spec.beside.join(', ')} (means over ${spec.seeds} seeds), in µP and in NTP. These curves are stored: nexort ${version} computed them beforehand.</p></header>
<div class="sides">
${figures.map((figure) => `<section class="side">\n${figure}\n</section>`).join('\n')}
</div>
</main>
`,
);

function pageDocument(): Document {
  return parseHTML('<!doctype html><html></html>').document as unknown as Document; // as far as Plot asks
}

/** Without what a strict policy refuses: rules and styles within the page. */
function figureOf(figure: Element): string {
  figure.querySelector('style')?.remove();
  for (const element of [figure, ...figure.querySelectorAll('*')]) element.removeAttribute('style');
  figure.setAttribute('role', 'img');
  figure.setAttribute('aria-label', 'Loss by update, of the limit and of networks by width');
  return figure.outerHTML;
}
