/** What the limit page holds: what was typed, what is trained for it, where the time stands. */

import { batch, computed, signal } from '@preact/signals';
import { DEFAULTS, type Field, type Fields, INFINITE } from '../problem/fields.ts';
import { MOST_PINS } from '../problem/pins.ts';
import { type FieldErrors, readFields } from '../problem/read.ts';
import type { Class, LimitSpec, PageSpec } from '../problem/spec.ts';
import { GIVEN_UP, type Pool, type Running, WorkError } from '../work/pool.ts';
import type { LimitJobs } from '../work/train.ts';
import { STORED } from './stored.ts';
import { grown, type LimitView, limitView, type NetworkView, networkView, type SideView } from './view.ts';
import { type Wanted, wantedOf } from './wanted.ts';

type Found =
  | { readonly kind: 'limit'; readonly view: LimitView }
  | { readonly kind: 'network'; readonly view: NetworkView };

/** A pinned state with what has come of it. */
export interface Pinned {
  readonly fields: Fields;
  readonly place: number;
  readonly spec?: PageSpec;
  /** By side. */
  readonly views?: readonly SideView[];
}

/** Specs of pins, read once: views are of a spec and not of its like. */
const pinSpecs = new WeakMap<Fields, PageSpec>();

/** What is trained for a pin: its limits, and networks of its own width. */
function pinSpec(fields: Fields): PageSpec | undefined {
  const known = pinSpecs.get(fields);
  if (known !== undefined) return known;
  const { spec } = readFields({ ...fields, beside: fields.width === INFINITE ? DEFAULTS.beside : fields.width });
  const own = spec === undefined ? undefined : { ...spec, beside: [] };
  if (own !== undefined) pinSpecs.set(fields, own);
  return own;
}

/** Milliseconds between pictures. */
const FRAME = 100;

export class LimitSession {
  readonly fields = signal<Fields>(DEFAULTS);
  readonly errors = signal<FieldErrors>({});
  readonly spec = signal<PageSpec | undefined>(undefined);
  /** What came of jobs, by key. */
  readonly found = signal<ReadonlyMap<string, Found>>(new Map());
  readonly finished = signal<ReadonlySet<string>>(new Set());
  /** What went wrong in workers, in words, once each. */
  readonly failures = signal<readonly string[]>([]);
  /** Updates done; beyond what has come the figures show the last. */
  readonly time = signal(Number.POSITIVE_INFINITY);
  /** States whose curves stay beside those of the present one. */
  readonly pins = signal<readonly Fields[]>([]);
  readonly playing = signal(false);
  /** Of points that are set by a click into a plane. */
  readonly drawnClass = signal<Class>(1);
  readonly #pool: Pool<LimitJobs>;
  readonly #views = new WeakMap<LimitSpec, { readonly found: readonly Found[]; readonly view: SideView }>();
  readonly #coming = new Map<string, Found>();
  readonly #ended = new Set<string>();
  #isDue = false;
  readonly #running = new Map<string, Running<unknown>>();

  constructor(pool: Pool<LimitJobs>) {
    this.#pool = pool;
  }

  /** Both sides, as far as they have come. */
  readonly sides = computed(() => this.spec.value?.sides.map((side) => this.#viewOf(side, this.spec.value)) ?? []);

  /** Pins with what is trained for them; those that cannot be read have none. */
  readonly pinned = computed((): readonly Pinned[] =>
    this.pins.value.map((fields, place) => {
      const spec = pinSpec(fields);
      return {
        fields,
        place,
        ...(spec === undefined ? {} : { spec, views: spec.sides.map((side) => this.#viewOf(side, spec)) }),
      };
    }),
  );

  /** The shown time. */
  readonly shownTime = computed(() => Math.min(this.time.value, this.spec.value?.sides[0].steps ?? 0));

  /** Whether everything that is shown was computed here. */
  readonly isLive = computed(() => this.#wanted.value.every(({ key }) => this.finished.value.has(key)));

  /** The share of jobs that are done. */
  readonly progress = computed(() => {
    const wanted = this.#wanted.value;
    if (wanted.length === 0) return 1;
    return wanted.filter(({ key }) => this.finished.value.has(key)).length / wanted.length;
  });

  readonly isStored = computed(() => this.sides.value.length > 0 && this.#usesStored.value);

  /** Of the present state, then of pins; equal ones once. */
  readonly #wanted = computed(() => {
    const all = [this.spec.value, ...this.pins.value.map(pinSpec)].flatMap(wantedOf);
    const keys = all.map(({ key }) => key);
    return all.filter(({ key }, k) => keys.indexOf(key) === k);
  });
  readonly #usesStored = computed(() =>
    this.#wanted.value.some(({ key }) => STORED.has(key) && !this.found.value.has(key)),
  );

  /** Takes what was typed; what can be read is trained. */
  tell(fields: Fields): void {
    this.fields.value = fields;
    const { spec, errors } = readFields(fields);
    this.errors.value = errors;
    if (spec === undefined || JSON.stringify(spec) === JSON.stringify(this.spec.peek())) return;
    this.spec.value = spec;
    this.failures.value = [];
    this.#train();
  }

  /** Pins the present state, unless it is one that cannot be read, or there are {@link MOST_PINS}. */
  pin(): void {
    if (this.canPin.peek()) this.setPins([...this.pins.peek(), this.fields.peek()]);
  }

  unpin(place: number): void {
    this.setPins(this.pins.peek().filter((_, k) => k !== place));
  }

  /** Whether the present state can be pinned: it can be read, is no pin yet, and there is room. */
  readonly canPin = computed(() => {
    const now = JSON.stringify(this.fields.value);
    const { value: pins } = this.pins;
    const isNew = pins.every((pin) => JSON.stringify({ ...this.fields.value, ...pin }) !== now);
    return Object.keys(this.errors.value).length === 0 && pins.length < MOST_PINS && isNew;
  });

  setPins(pins: readonly Fields[]): void {
    if (JSON.stringify(pins) === JSON.stringify(this.pins.peek())) return;
    this.pins.value = pins.slice(0, MOST_PINS);
    this.#train();
  }

  change(field: Field, value: string): void {
    this.tell({ ...this.fields.peek(), [field]: value });
  }

  set paused(value: boolean) {
    this.#pool.paused = value;
  }

  #train(): void {
    const wanted = this.#wanted.peek();
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, running] of this.#running) if (!keys.has(key)) running.giveUp();
    this.found.value = new Map([...this.found.peek()].filter(([key]) => keys.has(key)));
    this.finished.value = new Set([...this.finished.peek()].filter((key) => keys.has(key)));
    for (const one of wanted) if (!this.finished.peek().has(one.key) && !this.#running.has(one.key)) this.#start(one);
  }

  #start({ key, side, network }: Wanted): void {
    const put = (found: Found): void => this.#put(key, found);
    let view: NetworkView = { ...(network ?? { width: 0, seed: 0 }), outputs: [], losses: [] };
    const running: Running<Found> =
      network === undefined
        ? mapped(
            this.#pool.run('limit', side, (run) => put({ kind: 'limit', view: limitView(run) })),
            (run) => ({ kind: 'limit', view: limitView(run) }),
          )
        : mapped(
            this.#pool.run('network', { spec: side, ...network }, (step) => {
              view = grown(view, step);
              // What is stored is whole, and stays until its like is.
              if (!STORED.has(key)) put({ kind: 'network', view });
            }),
            (run) => ({ kind: 'network', view: networkView(run) }),
          );
    this.#running.set(key, running);
    running.result.then(
      (found) => {
        this.#running.delete(key);
        put(found);
        this.#finish(key);
      },
      (error: unknown) => {
        this.#running.delete(key);
        if (error instanceof WorkError && error.code === GIVEN_UP) return;
        const text = error instanceof Error ? error.message : String(error);
        const told = `${side.parametrization}: ${text}`;
        if (!this.failures.peek().includes(told)) this.failures.value = [...this.failures.peek(), told];
        this.#finish(key);
      },
    );
  }

  #put(key: string, found: Found): void {
    this.#coming.set(key, found);
    this.#soon();
  }

  #finish(key: string): void {
    this.#ended.add(key);
    this.#soon();
  }

  /** What comes within a tenth of a second is shown together: steps of many networks come faster than figures are drawn. */
  #soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => this.#show(), FRAME);
  }

  #show(): void {
    this.#isDue = false;
    const keys = new Set(this.#wanted.peek().map(({ key }) => key));
    const wanted = <T>(all: Iterable<T>, keyOf: (one: T) => string): T[] =>
      [...all].filter((one) => keys.has(keyOf(one)));
    batch(() => {
      this.found.value = new Map([...this.found.peek(), ...wanted(this.#coming, ([key]) => key)]);
      this.finished.value = new Set([...this.finished.peek(), ...wanted(this.#ended, (key) => key)]);
    });
    this.#coming.clear();
    this.#ended.clear();
  }

  #viewOf(side: LimitSpec, spec: PageSpec | undefined): SideView {
    const wanted = wantedOf(spec).filter((one) => one.side === side);
    const found = wanted.flatMap(({ key }) => this.found.value.get(key) ?? STORED.get(key) ?? []);
    const known = this.#views.get(side);
    // The same view of the same parts: figures are drawn anew for others alone.
    if (known !== undefined && known.found.length === found.length && found.every((one, k) => one === known.found[k]))
      return known.view;
    const limit = found.find((one) => one.kind === 'limit');
    const networks = found.flatMap((one) => (one.kind === 'network' ? [one.view] : []));
    const view = { ...(limit === undefined ? {} : { limit: limit.view }), networks };
    this.#views.set(side, { found, view });
    return view;
  }
}

function mapped<A, B>(running: Running<A>, of: (value: A) => B): Running<B> {
  return { result: running.result.then(of), giveUp: () => running.giveUp() };
}
