/** What a language model makes of the first token, by a forward pass through one stage of weights at a time. */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { type Matrix, matrix } from '../../numeric/index.ts';
import { feedsOf, globalName, reorder, type Tensors } from '../../program/index.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import { batchesOf, batchFeeds, type Encoded } from './batches.ts';
import { BATCH, CLASS, LOGITS } from './kernelPrograms.ts';

export interface FeatureOptions {
  readonly engine: Engine;
  /** Its head is a functional of as many classes as the model is wide. */
  readonly model: LanguageModel;
  readonly examples: readonly Encoded[];
}

/** Examples and tokens of one run of a stage. */
const LIMITS = { examples: 16, tokens: 1024 };

/** The features of every example, [examples, width]. Throws the errors of reading tensors and of the engine. */
export async function frozenFeatures({ engine, model, examples }: FeatureOptions): Promise<Matrix> {
  const { width } = model.config;
  const batches = batchesOf(
    examples,
    examples.map((_, k) => k),
    LIMITS,
  );
  // The functional of each class is one coordinate.
  const identity = new Float32Array(width * width);
  for (let k = 0; k < width; k++) identity[k * (width + 1)] = 1;
  const head: Tensors = {
    functional: { axes: [CLASS, 'n'], shape: [width, width], data: identity },
    offset: { axes: [CLASS], shape: [width], data: new Float32Array(width) },
  };
  const values: Tensors[] = batches.map(() => ({}));
  for (const stage of model.net.chain.stages) {
    const feeds = feedsOf(stage.program);
    const parameters = feeds.filter(({ instruction }) => instruction.op === 'parameter').map(({ name }) => name);
    const weights = await model.load(parameters.map((name) => globalName(stage, name)));
    for (const [b, batch] of batches.entries()) {
      const given: Tensors = { ...head, ...batchFeeds(batch, examples, model.config), ...values[b] };
      const own = feeds.flatMap(({ name, instruction }) => {
        const feed = instruction.op === 'parameter' ? weights[globalName(stage, name)] : given[name];
        return feed === undefined ? [] : [[name, feed] as const];
      });
      values[b] = { ...values[b], ...(await engine.run(stage.program, Object.fromEntries(own))) };
    }
  }
  const features = new Float64Array(examples.length * width);
  batches.forEach(({ members }, b) => {
    const { data } = reorder(required(values[b]?.[LOGITS], `features of batch ${b}`), [BATCH, CLASS]);
    members.forEach((member, row) => {
      features.set(data.subarray(row * width, (row + 1) * width), member * width);
    });
  });
  return matrix(examples.length, width, features);
}
