/** The parts of the report about the run: solvers, settings, parameters, cost and environment. */

import type { KernelReportData } from './data.ts';
import { bytes, count, counted, duration, percent } from './format.ts';
import { type Content, type Html, html } from './html.ts';
import { facts, foreign, foreignFacts, table } from './tables.ts';

/** Names of parameters listed for a reason before the rest is only counted. */
const MOST_NAMES = 6;

/** Scores on the dev examples from which each draw's solver was chosen. */
export function solverSection({ kernel }: KernelReportData): Html | undefined {
  const solved = kernel.draws.flatMap(({ seed, solver }) => (solver === undefined ? [] : [{ seed, solver }]));
  if (solved.length === 0) return undefined;
  const names = [...new Set(solved.flatMap(({ solver }) => solver.candidates.map(({ name }) => name)))];
  return html`<section aria-labelledby="solvers">
<h2 id="solvers">Choice of the solver</h2>
<p>Each draw's solver was chosen by its score on the dev examples, which no other number of this report uses. The choice is marked ✓.</p>
${table({
  caption: 'Score on the dev examples by draw',
  head: ['solver', ...solved.map(({ seed }) => `seed ${seed}`)],
  rows: names.map((name) => [
    name,
    ...solved.map(({ solver }) => {
      const found = solver.candidates.find((candidate) => candidate.name === name);
      if (found === undefined) return '–';
      return solver.chosen === name
        ? { content: `✓ ${percent(found.score)}`, look: 'chosen' as const }
        : percent(found.score);
    }),
  ]),
})}
</section>`;
}

/** What was run, on what, and what it cost. */
export function runSection(data: KernelReportData): Html {
  const { parameters, truncated } = data;
  const notes = parameters.zeroGradient.map(({ reason, parameters: names }) => zeroNote(reason, names));
  return html`<section aria-labelledby="run">
<h2 id="run">The run</h2>
<div class="pair">
<div class="stack">
${facts('Task', [
  { name: 'task', value: foreign(data.task) },
  { name: 'prompt', value: html`<code>${data.prompt}</code>` },
  {
    name: 'label words',
    value: data.labels.map(
      ({ name, word }, k) => html`${k === 0 ? undefined : html`<br>`}${foreign(name)} → <code>${word}</code>`,
    ),
  },
  { name: 'examples per class', value: count(data.shots) },
  { name: 'seeds of the draws', value: data.seeds.join(', ') },
  { name: 'evaluated', value: evaluatedText(data) },
  {
    name: 'cut texts',
    value:
      truncated.examples === 0
        ? 'none'
        : `${counted(truncated.examples, 'text was', 'texts were')} too long; ${counted(truncated.tokens, 'token')} cut, the prompt kept`,
  },
])}
${facts('Model and parameters', [
  { name: 'model', value: foreign(data.model) },
  { name: 'parameters', value: foreign(parameters.choice) },
  { name: 'numbers in them', value: `${count(parameters.count)} in ${counted(parameters.tensors, 'tensor')}` },
  { name: 'gradient 0', value: notes.length === 0 ? 'none by structure' : notes },
])}
</div>
<div class="stack">
${facts('Cost', costLines(data))}
${data.settings.length === 0 ? undefined : facts('Settings', foreignFacts(data.settings))}
${data.environment.length === 0 ? undefined : facts('Versions and environment', foreignFacts(data.environment))}
</div>
</div>
</section>`;
}

function evaluatedText({ evaluated, labels, labelCounts }: KernelReportData): Html {
  const parts = labels.map(
    ({ name }, k) => html`${k === 0 ? undefined : ', '}${count(labelCounts[k] ?? 0)} ${foreign(name)}`,
  );
  return html`${counted(evaluated, 'example')}: ${parts}`;
}

function zeroNote(reason: string, names: readonly string[]): Html {
  const shown: Content[] = names.slice(0, MOST_NAMES).map((name) => html`<code>${name}</code><br>`);
  const rest = names.length > MOST_NAMES ? `and ${count(names.length - MOST_NAMES)} more` : undefined;
  return html`<p>${counted(names.length, 'tensor')}: ${reason}.<br><small>${shown}${rest}</small></p>`;
}

function costLines({ cost }: KernelReportData): { readonly name: string; readonly value: string }[] {
  const { seconds, forecastSeconds, peakBytes, forecastBytes, gradients } = cost;
  const time = forecastSeconds === undefined ? '' : `; forecast ${duration(forecastSeconds)}`;
  const memory =
    forecastBytes === undefined
      ? ''
      : `; forecast ${bytes(forecastBytes)}, of which ${percent(peakBytes / forecastBytes)} were used`;
  return [
    { name: 'wall time', value: duration(seconds) + time },
    { name: 'peak memory', value: bytes(peakBytes) + memory },
    { name: 'gradients', value: `${count(gradients)}, one for each example and output` },
  ];
}
