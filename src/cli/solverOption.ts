/** `--solver` with `--ridge` and `--fix`: what is fitted, and what of it is chosen on dev examples. */

import type { FixedSettings, SolverMethod, SolverRequest } from '../lm/index.ts';
import { badFix, fixOfOtherSolver, fixTwice } from './errors.ts';

/** What `--solver` may be. */
export const SOLVERS = ['dev', 'least-squares', 'ridge', 'pinv', 'logistic', 'svc', 'svr', 'asymmetric'] as const;

export type SolverName = (typeof SOLVERS)[number];

/** A setting that `--fix` may name. */
interface Setting {
  readonly expected: string;
  /** Nothing for a value that it cannot have. */
  read(text: string): FixedSettings | undefined;
}

const numberFor = (
  expected: string,
  allowed: (value: number) => boolean,
  settings: (value: number) => FixedSettings,
): Setting => ({
  expected,
  read(text) {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) && allowed(value) ? settings(value) : undefined;
  },
});

const isPositive = (value: number): boolean => value > 0;

const SETTINGS = new Map<string, Setting>([
  ['C', numberFor('a positive number', isPositive, (cost) => ({ cost }))],
  [
    'epsilon',
    numberFor(
      'a number from 0',
      (value) => value >= 0,
      (epsilon) => ({ epsilon }),
    ),
  ],
  ['gamma', numberFor('a positive number', isPositive, (gamma) => ({ gamma }))],
  [
    'lambda',
    numberFor(
      'a number from 0 to 1',
      (value) => value >= 0 && value <= 1,
      (lambda) => ({ lambda }),
    ),
  ],
  [
    'ridge',
    numberFor(
      'a number from 0',
      (value) => value >= 0,
      (ridge) => ({ ridge }),
    ),
  ],
  [
    'f0',
    {
      expected: 'a positive number that f₀ is divided by, or none',
      read: (text) =>
        text === 'none'
          ? { initialScale: null }
          : numberFor('', isPositive, (initialScale) => ({ initialScale })).read(text),
    },
  ],
  [
    'scheme',
    {
      expected: 'one-vs-rest or one-vs-one',
      read: (text) => (text === 'one-vs-rest' || text === 'one-vs-one' ? { scheme: text } : undefined),
    },
  ],
  ['transposed', { expected: 'yes', read: (text) => (text === 'yes' ? { transposed: true } : undefined) }],
]);

/** The settings of each solver whose settings are chosen. */
const SETTINGS_OF: ReadonlyMap<SolverName, readonly string[]> = new Map([
  ['least-squares', ['ridge', 'f0', 'transposed']],
  ['logistic', ['ridge']],
  ['svc', ['C', 'ridge', 'scheme']],
  ['svr', ['C', 'epsilon', 'ridge', 'f0']],
  ['asymmetric', ['gamma', 'lambda', 'ridge']],
]);

/** The options that say how a kernel is solved. */
export interface SolverOptions {
  readonly solver: SolverName;
  /** Of `ridge`. */
  readonly ridge: number;
  /** `C=1,epsilon=0.1`. */
  readonly fix?: string;
}

/**
 * The solver of a task with so many labels. Throws {@link UserError} `cli.bad-fix`, `cli.fix-twice`,
 * `cli.fix-of-other-solver`.
 */
export function solverRequest({ solver, ridge, fix }: SolverOptions, labels: number): SolverRequest {
  const fixed = fix === undefined ? {} : fixedSettings(fix, solver);
  const chosen = (method: SolverMethod): SolverRequest => ({ method: 'dev', methods: [method], fixed });
  switch (solver) {
    case 'dev':
      return { method: 'dev' };
    case 'ridge':
    case 'pinv':
      return { method: 'least-squares', ridge: solver === 'ridge' ? ridge : 0, initialScale: null };
    case 'logistic':
      // As the peer has it: the strength by cross-validation, which is for two classes.
      return labels === 2 && fixed.ridge === undefined
        ? { method: 'logistic', ridge: null, withIntercept: false }
        : chosen('logistic');
    case 'least-squares':
    case 'svc':
    case 'svr':
    case 'asymmetric':
      return chosen(solver);
  }
}

function fixedSettings(text: string, solver: SolverName): FixedSettings {
  const known = SETTINGS_OF.get(solver) ?? [];
  const names = new Set<string>();
  let fixed: FixedSettings = {};
  for (const part of text.split(',')) {
    const [name = '', value = '', ...more] = part.split('=').map((piece) => piece.trim());
    const setting = SETTINGS.get(name);
    if (setting === undefined || more.length > 0)
      throw badFix(part, `one of ${[...SETTINGS.keys()].join(', ')} and its value, such as C=1`);
    if (!known.includes(name)) throw fixOfOtherSolver(name, solver, known);
    if (names.has(name)) throw fixTwice(name);
    names.add(name);
    const read = setting.read(value);
    if (read === undefined) throw badFix(part, `${name} to be ${setting.expected}`);
    fixed = Object.assign({}, fixed, read);
  }
  return fixed;
}
