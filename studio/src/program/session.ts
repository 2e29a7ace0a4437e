/** What the program page holds: a text, what it says, and what was computed of it. */

import { computed, effect, signal } from '@preact/signals';
import type { CheckResult } from 'nexort/experiments';
import type { KetTable } from '../work/kets.ts';
import { GIVEN_UP, type Pool, type Running, WorkError } from '../work/pool.ts';
import type { ProgramJob, ProgramJobs } from '../work/program.ts';
import { EXAMPLES, FIRST_EXAMPLE } from './examples.ts';
import { readFile } from './files.ts';
import { readProgram } from './read.ts';
import type { RuleName } from './rules.ts';
import type { ShownProgram, ShownValue } from './values.ts';

/** Milliseconds without a change until a text is computed. */
const QUIET = 500;
const MOST_STEPS = 20;

/** What is pointed at. */
export interface Lit {
  readonly rule: RuleName;
  readonly part?: 'hat' | 'dot';
}

export class ProgramSession {
  readonly usual: Readonly<Record<string, string>> = { example: FIRST_EXAMPLE, steps: '1' };
  readonly text = signal(EXAMPLES.get(FIRST_EXAMPLE) ?? '');
  readonly steps = signal('1');
  readonly read = computed(() => readProgram(this.text.value));
  readonly stepsError = computed(() => {
    const steps = Number(this.steps.value);
    return this.steps.value.trim() !== '' && Number.isSafeInteger(steps) && steps >= 1 && steps <= MOST_STEPS
      ? undefined
      : `“${this.steps.value}” was given; expected a whole number from 1 to ${MOST_STEPS}.`;
  });
  readonly checked = signal<CheckResult | undefined>(undefined);
  readonly kets = signal<KetTable | undefined>(undefined);
  /** Of the last text that was a program. */
  readonly shown = signal<ShownProgram | undefined>(undefined);
  readonly #chosen = signal<string | undefined>(undefined);
  /** The value that is chosen, in text, graph and table alike. */
  readonly chosen = computed((): ShownValue | undefined => {
    const { value: name } = this.#chosen;
    return this.shown.value?.values.find((one) => one.name === name);
  });
  /** What is pointed at: a rule, and a part of it. */
  readonly lit = signal<Lit | undefined>(undefined);
  /** Kets between which inner products are shown; undefined before one chooses. */
  readonly gram = signal<readonly string[] | undefined>(undefined);
  /** Whether products are shown there as their hat and dot parts. */
  readonly areApart = signal(false);
  /** What the text is saved as. */
  readonly fileName = signal('mine.nex');
  readonly fileProblem = signal<string | undefined>(undefined);
  readonly share = signal(1);
  readonly failure = signal<string | undefined>(undefined);
  /** The name of the example that the text is; undefined of a text of one's own. */
  readonly example = computed(() => [...EXAMPLES].find(([, text]) => text === this.text.value)?.[0]);
  readonly told = computed((): Readonly<Record<string, string>> => {
    const { value: example } = this.example;
    const what = example === undefined ? { text: this.text.value } : { example };
    const { value: gram } = this.gram;
    return {
      ...what,
      steps: this.steps.value,
      ...(gram === undefined ? {} : { gram: gram.join(';') }),
      ...(this.areApart.value ? { parts: 'apart' } : {}),
    };
  });
  readonly #pool: Pool<ProgramJobs>;
  #running: readonly Running<unknown>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pool: Pool<ProgramJobs>) {
    this.#pool = pool;
    effect(() => {
      const { shown } = this.read.value;
      if (shown !== undefined) this.shown.value = shown;
    });
  }

  choose(name: string | undefined): void {
    this.#chosen.value = name;
  }

  /** Chooses what stands at a place of the text. */
  chooseAt(line: number, column: number): void {
    const { shown } = this.read.peek();
    if (shown !== undefined) this.choose(shown.at(line, column)?.name);
  }

  /** Opens a file of a person's own. */
  async open(file: File): Promise<void> {
    const { text, problem } = await readFile(file);
    this.fileProblem.value = problem;
    if (text === undefined) return;
    this.fileName.value = file.name;
    this.write(text, 0);
  }

  /** Follows a link; gives what of it could not be followed. */
  tell({
    text,
    example = FIRST_EXAMPLE,
    steps = '1',
    gram,
    parts,
  }: Readonly<Record<string, string>>): string | undefined {
    const known = EXAMPLES.get(example);
    this.steps.value = steps;
    this.gram.value = gram?.split(';');
    this.areApart.value = parts === 'apart';
    this.write(text ?? known ?? EXAMPLES.get(FIRST_EXAMPLE) ?? '', 0);
    return text === undefined && known === undefined
      ? `The link names an example “${example}”; there are ${[...EXAMPLES.keys()].join(', ')}.`
      : undefined;
  }

  write(text: string, after = QUIET): void {
    if (text === this.text.peek() && this.checked.peek() !== undefined) return;
    this.text.value = text;
    if (this.example.peek() !== undefined) this.fileName.value = 'mine.nex';
    this.#later(after);
  }

  setSteps(steps: string): void {
    this.steps.value = steps;
    this.#later(QUIET);
  }

  #later(after: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#compute(), after);
  }

  #compute(): void {
    for (const one of this.#running) one.giveUp();
    this.#running = [];
    this.checked.value = undefined;
    this.kets.value = undefined;
    this.failure.value = undefined;
    const { program, inFragment } = this.read.peek();
    if (program === undefined || this.stepsError.peek() !== undefined) {
      this.share.value = 1;
      return;
    }
    this.share.value = 0;
    const job: ProgramJob = { text: this.text.peek(), steps: Number(this.steps.peek()) };
    const checking = this.#pool.run('check', job, (share) => {
      this.share.value = share;
    });
    this.#follow(checking, (result) => {
      this.share.value = 1;
      this.checked.value = result;
    });
    const kets = inFragment ? this.#pool.run('kets', job) : undefined;
    if (kets !== undefined)
      this.#follow(kets, (table) => {
        this.kets.value = table;
      });
    this.#running = [checking, ...(kets === undefined ? [] : [kets])];
  }

  #follow<T>({ result }: Running<T>, take: (value: T) => void): void {
    result.then(take, (error: unknown) => {
      if (error instanceof WorkError && error.code === GIVEN_UP) return;
      this.share.value = 1;
      this.failure.value = error instanceof Error ? error.message : String(error);
    });
  }
}
