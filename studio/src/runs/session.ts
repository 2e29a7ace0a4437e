/** What the runs page holds: the files that were opened, or a run folder that the server hands over. They stay in the page. */

import { computed, signal } from '@preact/signals';
import type { SentencesSession } from '../sentences/session.ts';
import { fromNpz, fromSafetensors } from './arrays.ts';
import type { ExplainedTexts } from './explained.ts';
import { type RunFits, readFits } from './fits.ts';
import { type DrawKernel, readKernels } from './kernels.ts';
import type { LiveParts } from './live.ts';
import { type Made, madeBy } from './made.ts';
import { ORDERS, type Order } from './order.ts';
import { type Result, readResult } from './results.ts';
import { isObject } from './shape.ts';

/** More than a page should read into memory. */
const MOST_BYTES = 128 * 2 ** 20;

interface OpenedResult {
  readonly file: string;
  readonly result: Result;
}

/** What a page with a language model has besides. */
export interface RunsParts {
  readonly sentences?: SentencesSession;
  readonly live?: LiveParts;
  readonly model?: Readonly<Record<string, unknown>>;
}

export class RunsSession {
  readonly results = signal<readonly OpenedResult[]>([]);
  readonly kernels = signal<readonly DrawKernel[]>([]);
  readonly fits = signal<RunFits | undefined>(undefined);
  /** What made the run, as far as its run.json tells. */
  readonly made = signal<Made | undefined>(undefined);
  readonly problems = signal<readonly string[]>([]);
  /** The run that the server hands over, as it was named on the command line; of files that were opened, none. */
  readonly run = signal('');
  readonly chosen = signal('');
  readonly order = signal<Order>('class');
  /** The row of the example whose prediction is looked into. */
  readonly row = signal<number | undefined>(undefined);
  readonly explained = computed((): readonly ExplainedTexts[] =>
    this.results.value.flatMap(({ result }) => (result.kind === 'predictions' ? [result] : [])),
  );
  readonly usual: Readonly<Record<string, string>> = { order: 'class' };
  /** Of the address: what was opened by hand is in none. */
  readonly told = computed((): Readonly<Record<string, string>> => {
    const { value: row } = this.row;
    if (this.run.value === '') return {};
    return {
      run: this.run.value,
      ...(this.chosen.value === this.kernels.value[0]?.name ? {} : { draw: this.chosen.value }),
      order: this.order.value,
      ...(row === undefined ? {} : { row: String(row) }),
    };
  });

  /** Sentences that are typed; absent where this page has no model for them. */
  readonly sentences: SentencesSession | undefined;
  /** Parts by layer and token, where it has one. */
  readonly live: LiveParts | undefined;

  readonly #model: Readonly<Record<string, unknown>>;

  /** `model` has the SHA-256 of the embedded model's files. */
  constructor({ sentences, live, model = {} }: RunsParts = {}) {
    this.sentences = sentences;
    this.#model = model;
    this.live = live;
  }

  /** Follows an address. */
  async tell({ run = '', draw, order, row }: Readonly<Record<string, string>>): Promise<void> {
    if (run === '') return;
    if (run !== this.run.peek()) {
      this.run.value = run;
      await this.#openServed(run);
    }
    this.order.value = ORDERS.find((one) => one === order) ?? 'class';
    const kernel = this.kernels.peek().find(({ name }) => name === draw) ?? this.kernels.peek()[0];
    this.choose(kernel?.name ?? '');
    const place = Number(row);
    if (row !== undefined && kernel !== undefined && Number.isInteger(place) && place >= 0 && place < kernel.rows)
      this.row.value = place;
  }

  /** Looks at another kernel; the example stays only where the draw is the same. */
  choose(name: string): void {
    if (name === this.chosen.peek()) return;
    this.chosen.value = name;
    this.row.value = undefined;
  }

  async #openServed(run: string): Promise<void> {
    try {
      await this.open(await servedFiles(new URL('run/', location.href.replace(/#.*$/, ''))));
    } catch (error) {
      this.problems.value = [
        `The run “${run}” is not there: ${wordsOf(error)} Start “nexort studio” with its folder, or open its files here.`,
      ];
    }
  }

  /** Opens files of runs, whatever they are; each that cannot be read is told. */
  async open(files: readonly File[]): Promise<void> {
    const problems: string[] = [];
    const results: OpenedResult[] = [];
    let kernels: readonly DrawKernel[] = [];
    let fits: RunFits | undefined;
    let made: Made | undefined;
    for (const file of files) {
      try {
        if (file.size > MOST_BYTES)
          throw new Error(
            `It has ${Math.round(file.size / 2 ** 20)} MB; a page reads up to ${MOST_BYTES / 2 ** 20}. The run’s report.html shows it.`,
          );
        if (/\.(safetensors|npz)$/i.test(file.name)) kernels = readKernels(await arraysOf(file));
        else if (/\.json$/i.test(file.name)) {
          const json = parsed(await file.text());
          results.push({ file: file.name, result: readResult(json) });
          fits = readFits(json) ?? fits;
          made = madeBy(json, this.#model) ?? made;
        } else if (!/^report\.html$|\.lock$/i.test(file.name))
          throw new Error(
            'Expected run.json, kernels.safetensors or kernels.npz, or what a command printed with --json, as .json.',
          );
      } catch (error) {
        problems.push(`${file.name}: ${wordsOf(error)}`);
      }
    }
    this.problems.value = problems;
    if (results.length > 0) this.results.value = beside(this.results.peek(), results);
    if (fits !== undefined) this.fits.value = fits;
    if (made !== undefined) this.made.value = made;
    if (kernels.length > 0) {
      this.kernels.value = kernels;
      this.row.value = undefined;
      this.chosen.value = kernels[0]?.name ?? '';
    }
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Explanations stand beside the run that they are of; other results take the place of all. */
function beside(before: readonly OpenedResult[], opened: readonly OpenedResult[]): readonly OpenedResult[] {
  if (opened.some(({ result }) => result.kind !== 'predictions')) return opened;
  const names = new Set(opened.map(({ file }) => file));
  return [...before.filter(({ file }) => !names.has(file)), ...opened];
}

async function arraysOf(file: File) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return /\.npz$/i.test(file.name) ? fromNpz(bytes, file.name, MOST_BYTES) : fromSafetensors(bytes, file.name);
}

/** The files of the folder that the server hands over; of the same arrays in two files one. Those that are too large are empty. */
async function servedFiles(folder: URL): Promise<readonly File[]> {
  const response = await fetch(folder);
  const listed: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  if (!Array.isArray(listed)) throw new Error('this studio was not started with it.');
  const files = listed.filter(isObject).map(({ name, bytes }) => ({ name: String(name), bytes: Number(bytes) }));
  const names = new Set(files.map(({ name }) => name));
  const wanted = files.filter(
    ({ name }) => !names.has(name.replace(/\.npz$/, '.safetensors')) || !name.endsWith('.npz'),
  );
  return Promise.all(
    wanted.map(async ({ name, bytes }) => {
      // Told by its size, and not read.
      if (bytes > MOST_BYTES) return { name, size: bytes } as File;
      const file = await fetch(new URL(encodeURIComponent(name), folder));
      if (!file.ok) throw new Error(`its file “${name}” does not come.`);
      return new File([await file.blob()], name);
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`It is no JSON: ${wordsOf(error)}.`);
  }
}
