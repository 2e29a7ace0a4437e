/**
 * Reads the kernels of a finished run and solves each again, by the settings that nexort found, with least squares. Prints
 * the accuracy of every kernel and draw beside that of the run: they are the same.
 *
 *   npx tsx examples/kernels/solve.ts runs/FOLDER
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accuracy, fitPredictor, kernelRows, predictedClasses, scores } from 'nexort/lm';
import { decodeMetadata, decodeTensors } from 'nexort/runs/tensors';

interface Fit {
  readonly seed: number;
  readonly test: { readonly accuracy: number };
  readonly predictor: {
    readonly method: string;
    readonly settings: { readonly ridge: number; readonly initialScale: number | null };
  };
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('Give the folder of a run: npx tsx examples/kernels/solve.ts runs/FOLDER');
const bytes = readFileSync(join(folder, 'kernels.safetensors'));
const arrays = decodeTensors(bytes, 'kernels.safetensors');
const { texts = '[]', texts2, checksums = '[]' } = decodeMetadata(bytes, 'kernels.safetensors');

/** An array of the file. */
function array(name: string) {
  const found = arrays[name];
  if (found === undefined) throw new Error(`kernels.safetensors has no array ${name}`);
  return found;
}

// Which text a row is of can be told even where a long one is cut short in the file.
const [first, second, digests] = [texts, texts2 ?? '[]', checksums].map((list) => JSON.parse(list) as string[]);
const known = (first ?? []).filter((text, k) => {
  const whole = second?.[k] === undefined ? text : `${text}\0${second[k]}`;
  return createHash('sha256').update(whole).digest('hex') === digests?.[k];
});
console.log(`${known.length} of ${first?.length} texts are whole`);

const outputs = array('outputs').shape[1] ?? 1; // 1 for two classes, else one for each
const labels = [...array('labels').data];
const test = [...array('test').data];

/** The model's own outputs of some rows, before any fit: logits, or of two classes the second's less the first's. */
function initial(seed: number, rows: readonly number[]): Float64Array {
  const { data, shape } = array(`logits.${seed}`);
  const classes = shape[1] ?? 0;
  const weights = array('outputs').data;
  return Float64Array.from(
    rows.flatMap((row) => {
      const logits = [...data.slice(row * classes, (row + 1) * classes)];
      return Array.from({ length: outputs }, (_, output) =>
        logits.reduce((sum, logit, k) => sum + logit * (weights[k * outputs + output] ?? 0), 0),
      );
    }),
  );
}

/** The accuracy of a draw with this kernel. */
function solved(kernel: string, { seed, predictor: { settings } }: Fit): number {
  const train = [...array(`train.${seed}`).data];
  const { data, shape } = array(`${kernel}.${seed}`);
  const width = shape[1] ?? 0;
  const rowOf = new Map([...array(`rows.${seed}`).data].map((example, row) => [example, row]));
  const split = (examples: readonly number[]) => {
    const rows = examples.map((example) => rowOf.get(example) ?? -1);
    return {
      rows: kernelRows(Float64Array.from(data), width, outputs, rows),
      classes: examples.map((example) => labels[example] ?? -1),
      initial: initial(seed, rows),
    };
  };
  const [training, testing] = [split(train), split(test)];
  const predictor = fitPredictor({ train: training, outputs, solver: { method: 'least-squares', ...settings } });
  return accuracy(predictedClasses(scores(predictor, testing.rows, testing.initial), outputs), testing.classes);
}

const {
  kernel: own,
  fits,
  furtherFits = {},
} = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).result as {
  readonly kernel: string;
  readonly fits: readonly Fit[];
  readonly furtherFits?: Readonly<Record<string, readonly Fit[]>>;
}; // as docs/runs.md says
for (const [kind, draws] of Object.entries({ [own]: fits, ...furtherFits })) {
  for (const draw of draws.filter(({ predictor }) => predictor.method === 'least-squares')) {
    console.log(kind, draw.seed, solved(kind === 'sgd' ? 'kernel' : `kernel.${kind}`, draw), draw.test.accuracy);
  }
}
