/** Gradients of the embedded language model, whole, in f64. */

import { expect, test } from 'vitest';
import { loadLanguageModel } from '../../src/lm/index.ts';
import { checkpointFolder } from '../../src/lm/node/index.ts';
import { stream } from '../../src/numeric/index.ts';
import {
  compose,
  denseGradients,
  gradientName,
  indexTensor,
  reorder,
  reverse,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { DERIVATIVE_TOLERANCE, difference, inner } from './differences.ts';

const SEED = [-1, 1];

test('the embedded model, whole, against central differences in f64', async () => {
  const { net, weights } = await loadLanguageModel(checkpointFolder('models/tiny-mlm'), () => ({
    kind: 'words',
    classes: 2,
    untie: false,
  }));
  const program = compose(net.chain);
  const feeds: Tensors = {
    ...weights,
    tokens: indexTensor(['batch', 'time'], [1, 6], [2, 345, 1200, 77, 4, 3]),
    kinds: indexTensor(['batch', 'time'], [1, 6], new Int32Array(6)),
    positions: indexTensor(['time'], [6], [0, 1, 2, 3, 4, 5]),
    padding: tensor(['batch', "time'"], [1, 6], new Float64Array(6)),
    place: indexTensor(['batch'], [1], [4]),
    labels: indexTensor(['class'], [2], [500, 900]),
  };
  const backward = denseGradients(reverse(program, { output: 'logits', seed: ['class'], keep: ['batch'] }), ['batch']);
  const gradients = interpret(backward, { ...feeds, 'd.logits': tensor(['class'], [2], SEED) });
  const groups = [/embeddings/, /layer\.0\./, /layer\.[12]\.attention/, /layer\.3\./, /LayerNorm|bias$/, /cls/];
  for (const group of groups) {
    const names = net.parameters.map(({ name }) => name).filter((name) => group.test(name));
    const direction = names.map((name) => {
      const feed = weights[name] ?? tensor([], [], []);
      const unit = 0.1 * Math.sqrt(inner(feed.data, feed.data) / feed.data.length);
      return [
        name,
        {
          ...feed,
          data: stream(11, name)
            .normals(feed.data.length)
            .map((z) => unit * z),
        },
      ] as const;
    });
    const actual = direction.reduce((sum, [name, { axes, data }]) => {
      const gradient = gradients[gradientName(name)];
      return gradient === undefined ? sum : sum + inner(reorder(gradient, ['batch', ...axes]).data, data);
    }, 0);
    const expected = difference(program, feeds, SEED, Object.fromEntries(direction), 4e-3);
    expect(Math.abs(actual - expected), `${group}`).toBeLessThan(
      DERIVATIVE_TOLERANCE * Math.max(1, Math.abs(expected)),
    );
  }
});
