/** The model that comes with the package. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../finite/index.ts';
import { loadLanguageModel } from '../../lm/index.ts';
import { checkpointFolder } from '../../lm/node/index.ts';
import { compose, indexTensor, type Tensors, tensor } from '../../program/index.ts';
import { type Finding, ok, problem } from './finding.ts';

/** SHA-256 of the files of models/tiny-mlm. */
const CHECKSUMS: Readonly<Record<string, string>> = {
  'config.json': 'c8958029af575491926baad630b8dbeeb051b936fa72507b919bf73065371a99',
  'model.safetensors': '8e884c97567bc6b533ad7030acda8e2fbd38cedd8936c7bf771ff1babc9a93f3',
  'tokenizer.json': '6de11752b99920dfb1aeff61e8e1072d2f2c39bdeda098d79e7f492970c475e6',
};
const AGAIN = 'Get it again: git checkout models in a clone, npm install nexort elsewhere.';

/** Whether every file is there, unchanged. */
export async function checkModel(folder: string): Promise<Finding> {
  const faults: string[] = [];
  for (const [name, expected] of Object.entries(CHECKSUMS)) {
    const file = join(folder, name);
    if (!existsSync(file)) faults.push(`${name} is missing`);
    else if (
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex') !== expected
    )
      faults.push(`${name} has changed`);
  }
  if (faults.length > 0) return problem('embedded model', `${faults.join(', ')} in ${folder}`, AGAIN);
  return ok('embedded model', `tiny-mlm at ${folder}, checksums match`);
}

/** "[CLS] a joy to watch. it was [MASK]. [SEP]" in the model's vocabulary. */
const TOKENS = [2, 43, 4520, 125, 1540, 18, 134, 126, 4, 18, 3];
const MASK_PLACE = 8;
/** Tokens of "great" and "terrible". */
const LABELS = [431, 4592];
/** Their logits by PyTorch 2.15 in f64 from the same files. */
const LOGITS = [8.51995672034628, 7.010556114561355];
/** f32 through four blocks gives about 1e-6. */
const TOLERANCE = 1e-4;

/** The logits of one sentence, through checkpoint, lowering and engine, against another program's. */
export async function checkLogits(engine: Engine, folder: string): Promise<Finding> {
  const { net, weights } = await loadLanguageModel(checkpointFolder(folder), () => ({
    kind: 'words',
    classes: LABELS.length,
    untie: false,
  }));
  const time = TOKENS.length;
  const data: Tensors = {
    tokens: indexTensor(['batch', 'time'], [1, time], TOKENS),
    kinds: indexTensor(['batch', 'time'], [1, time], new Int32Array(time)),
    positions: indexTensor(
      ['time'],
      [time],
      Array.from(TOKENS, (_, place) => place),
    ),
    padding: tensor(['batch', "time'"], [1, time], new Float64Array(time)),
    place: indexTensor(['batch'], [1], [MASK_PLACE]),
    labels: indexTensor(['class'], [LABELS.length], LABELS),
  };
  const { logits } = await engine.run(compose(net.chain), { ...weights, ...data });
  const worst = Math.max(...LOGITS.map((expected, k) => Math.abs((logits?.data[k] ?? Number.NaN) - expected)));
  // NaN is not within any tolerance.
  return worst <= TOLERANCE
    ? ok('model numbers', `logits of a sentence are right to ${worst.toExponential(0)}`)
    : problem(
        'model numbers',
        `logits ${Array.from(logits?.data ?? []).join(', ')} instead of ${LOGITS.join(', ')}`,
        'Do not trust figures from this machine, and please report this with the output of nexort doctor --json.',
      );
}
