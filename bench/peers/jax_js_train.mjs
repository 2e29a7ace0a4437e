/**
 * Training a multilayer perceptron in jax-js: a rival of bench/train.
 *
 * Its WebAssembly device, float32, the whole step in jit, Adam written out. jax-js spreads kernels over web workers, which
 * Node has under another name: the stand-in below gives it as many as there are threads. It frees what a function is given
 * unless `ref` says that it is used once more.
 *
 * bench/train/peers.ts says how it is started.
 */

import { resolveObjectURL } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker as Thread } from 'node:worker_threads';
import { serve } from '../harness/serve.ts';
import { readCase } from '../train/case.ts';
import { ADAM } from '../train/workloads.ts';

const text = { type: 'string' };
const { values } = parseArgs({ options: { case: text, threads: text, steps: text, module: text } });
const [threads, steps] = [Number(values.threads), Number(values.steps)];

/** What a web worker has, on a thread of Node. */
const PRELUDE = `
const { parentPort } = require('node:worker_threads');
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.self = { set onmessage(handle) { parentPort.on('message', (data) => handle({ data })); } };
`;

globalThis.Worker = class {
  #thread;
  #closed = false;

  constructor(url) {
    this.#thread = resolveObjectURL(url)
      .text()
      .then((source) => {
        const thread = new Thread(PRELUDE + source, { eval: true });
        thread.on('message', (data) => this.onmessage?.({ data }));
        thread.on('error', (error) => this.onerror?.(error));
        return thread;
      });
  }

  postMessage(message) {
    this.#thread.then((thread) => this.#closed || thread.postMessage(message));
  }

  terminate() {
    this.#closed = true;
    this.#thread.then((thread) => thread.terminate());
  }
};
Object.defineProperty(globalThis, 'navigator', { value: { hardwareConcurrency: threads } });

const {
  blockUntilReady,
  defaultDevice,
  jit,
  nn,
  numpy: np,
  tree,
  valueAndGrad,
} = createRequire(import.meta.url)(values.module);

const { workload, batches: read, weights } = await readCase(values.case);
const parameters = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
const batches = read.map(({ x, target }) => ({
  x: np.array(x.data.slice()).reshape([...x.shape]),
  target: np.array(target.data.slice(), { dtype: np.int32 }),
}));

function loss(p, x, target) {
  let h = x;
  for (let layer = 1; layer <= workload.depth; layer++) {
    h = nn.relu(np.matmul(h, p[`w${layer}`].transpose()).add(p[`b${layer}`]));
  }
  const logits = np.matmul(h, p[`w${workload.depth + 1}`].transpose());
  const chosen = nn.logSoftmax(logits).mul(nn.oneHot(target, workload.classes));
  return chosen.sum().mul(-1 / workload.batch);
}

const step = jit((p, first, second, count, x, target) => {
  const { beta1, beta2, rate, epsilon } = ADAM;
  const [value, gradients] = valueAndGrad(loss)(tree.ref(p), x, target);
  const now = count.add(1);
  const nextFirst = tree.map((m, g) => m.mul(beta1).add(g.mul(1 - beta1)), first, tree.ref(gradients));
  const nextSecond = tree.map((v, g) => v.mul(beta2).add(np.square(g).mul(1 - beta2)), second, gradients);
  const unbiased = (beta) => np.subtract(1, np.power(beta, now.ref));
  const moved = (w, m, v) => {
    const root = np.sqrt(v.div(unbiased(beta2))).add(epsilon);
    return w.sub(m.div(unbiased(beta1)).div(root).mul(rate));
  };
  const next = tree.map(moved, p, tree.ref(nextFirst), tree.ref(nextSecond));
  return [next, nextFirst, nextSecond, now, value];
});

let state;

async function load() {
  if (state !== undefined) for (const part of state) tree.dispose(part);
  const { weights: drawn } = await readCase(values.case);
  const start = (make) => Object.fromEntries(Object.entries(drawn).map(([name, value]) => [name, make(value)]));
  const zeros = () => start(({ shape }) => np.zeros([...shape]));
  state = [start(({ data, shape }) => np.array(data.slice()).reshape([...shape])), zeros(), zeros(), np.array(0)];
}

async function run() {
  const losses = [];
  for (let k = 0; k < steps; k++) {
    const { x, target } = batches[k % batches.length];
    const [p, first, second, count, value] = step(...state, x.ref, target.ref);
    state = [p, first, second, count];
    losses.push((await value.data())[0]);
  }
  // Reading the loss waits for what it depends on only.
  await blockUntilReady(state);
  return { answer: losses };
}

await load();
const { version } = JSON.parse(await readFile(join(dirname(values.module), '../package.json'), 'utf8'));
await serve({ name: `jax-js ${version} on ${defaultDevice()}, ${threads} threads, jit`, parameters }, run, load);
process.exit();
