/** Which rooms each room may import besides `errors`: the table of docs/architecture.md, written down independently. */

const INTERPRETERS = [
  'program',
  'numeric',
  'reference',
  'finite',
  'entries',
  'expectations',
  'kets',
  'kernels',
] as const;
const UP_TO_NETS = [...INTERPRETERS, 'optimizers', 'parametrizations', 'nets'] as const;
const UP_TO_RUNS = [...UP_TO_NETS, 'training', 'runs'] as const;
const UP_TO_EXPERIMENTS = [...UP_TO_RUNS, 'lm', 'experiments'] as const;

export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  program: [],
  numeric: ['program'],
  reference: ['program'],
  finite: ['program', 'numeric'],
  entries: ['program', 'numeric'],
  expectations: ['program', 'numeric'],
  kets: ['program', 'numeric', 'entries', 'expectations'],
  kernels: ['program', 'numeric', 'entries', 'expectations'],
  optimizers: ['program'],
  parametrizations: ['program', 'optimizers'],
  nets: ['program', 'parametrizations'],
  training: UP_TO_NETS,
  runs: ['numeric'],
  lm: UP_TO_RUNS,
  experiments: [...UP_TO_RUNS, 'lm'],
  // Types only, which the linter cannot tell apart.
  report: UP_TO_EXPERIMENTS,
  cli: [...UP_TO_EXPERIMENTS, 'report'],
};
