/** The parts of the report about the run: solvers, settings, parameters, cost and environment. */

import { required } from '../errors/index.ts';
import type { DrawSolver, KernelReportData } from './data.ts';
import { bytes, count, counted, duration, percent } from './format.ts';
import { type Content, type Html, html } from './html.ts';
import { facts, foreign, foreignFacts, table } from './tables.ts';

/** Names of parameters listed for a reason before the rest is only counted. */
const MOST_NAMES = 6;

/** A draw whose solver is known. */
interface Solved {
  readonly seed: number;
  readonly solver: DrawSolver;
}

/** The solvers, with the scores on the dev examples from which they were chosen. */
export function solverSection({ kernel }: KernelReportData): Html | undefined {
  const solved = kernel.draws.flatMap(({ seed, solver }): Solved[] => (solver === undefined ? [] : [{ seed, solver }]));
  if (solved.length === 0) return undefined;
  const chosen = solved.some(({ solver }) => solver.candidates.some(({ score }) => Number.isFinite(score)));
  return html`<section aria-labelledby="solvers">
<h2 id="solvers">Solver</h2>
${chosen ? choices(solved) : setBeforehand(solved)}
</section>`;
}

function setBeforehand(solved: readonly Solved[]): Html {
  const names = [...new Set(solved.map(({ solver }) => solver.chosen))];
  return html`<p>Set before the run, without a look at the dev examples: ${foreign(names.join('; '))}.</p>`;
}

function choices(solved: readonly Solved[]): Html {
  const names = [...new Set(solved.flatMap(({ solver }) => solver.candidates.map(({ name }) => name)))];
  const score = (name: string, { candidates }: DrawSolver): string => {
    const found = candidates.find((candidate) => candidate.name === name);
    return found === undefined ? '–' : percent(found.score);
  };
  const entry = (name: string, solver: DrawSolver) =>
    solver.chosen === name ? { content: `✓ ${score(name, solver)}`, look: 'chosen' as const } : score(name, solver);
  return html`<p>Each draw's solver was chosen by its score on the dev examples, which no other number of this report uses.</p>
${table({
  caption: 'Solver chosen for each draw, with its score on the dev examples',
  head: ['seed', 'solver', 'dev score'],
  rows: solved.map(({ seed, solver }) => [seed, foreign(solver.chosen), score(solver.chosen, solver)]),
  textColumns: [1],
})}
<details>
<summary>All ${counted(names.length, 'candidate')}</summary>
<div>${table({
    caption: 'Score on the dev examples by draw; ✓ marks the choice',
    head: ['solver', ...solved.map(({ seed }) => `seed ${seed}`)],
    rows: names.map((name) => [name, ...solved.map(({ solver }) => entry(name, solver))]),
  })}</div>
</details>`;
}

/** The prompt with the labels' words; without one, the labels. */
function promptFacts({ prompt, labels }: KernelReportData) {
  const lines = (line: (label: KernelReportData['labels'][number]) => Html) =>
    labels.map((label, k) => html`${k === 0 ? undefined : html`<br>`}${line(label)}`);
  if (prompt === undefined) {
    return [
      { name: 'prompt', value: 'none' },
      { name: 'labels', value: lines(({ name }) => html`${foreign(name)}`) },
    ];
  }
  return [
    { name: 'prompt', value: html`<code>${prompt}</code>` },
    { name: 'label words', value: lines(({ name, word }) => html`${foreign(name)} → <code>${word}</code>`) },
  ];
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
  ...promptFacts(data),
  { name: 'examples per class', value: count(data.shots) },
  { name: 'seeds of the draws', value: data.seeds.join(', ') },
  { name: 'evaluated', value: evaluatedText(data) },
  {
    name: 'cut texts',
    value:
      truncated.examples === 0
        ? 'none'
        : `${counted(truncated.examples, 'text was', 'texts were')} too long; ${counted(truncated.tokens, 'token')} cut${data.prompt === undefined ? '' : ', the prompt kept'}`,
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
    ({ name }, k) =>
      html`${k === 0 ? undefined : ', '}${count(required(labelCounts[k], `count of label ${k}`))} ${foreign(name)}`,
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
