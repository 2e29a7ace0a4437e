/** A GPU that is lost amid a kernel run: told, nothing of what is complete lost, and gone on from where the user says. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../../src/finite/index.ts';
import { onDevice } from '../../../../src/finite/node/device.ts';
import { type Device, nodeBackend, nodeRuntime } from '../../../../src/finite/node/index.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { runKernel } from '../../../../src/lm/node/run/kernelRun.ts';
import { blocksOf, outcome, treeOf } from '../../../cli/runFolders.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { failureOf } from '../../../support/failure.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-lost-'));
  await writeTinyModel(join(root, 'model'), 1, 1);
});
afterAll(() => rm(root, { recursive: true }));

/** What stands in for a GPU: the processor, whose sessions fail after so many runs as those of the provider do. */
class Gpu {
  runs = 0;
  readonly #most: number;
  readonly #message: string;

  constructor(most: number, message: string) {
    this.#most = most;
    this.#message = message;
  }

  engine(): Engine {
    const cpu = nodeBackend({ threads: 1 });
    const expectThere = (): void => {
      if (this.runs++ >= this.#most) throw new Error(`failed to call OrtRun(). ERROR_CODE: 1, ${this.#message}`);
    };
    return new Engine({
      ...cpu,
      load: async (model, options) => {
        const session = await cpu.load(model, options);
        return onDevice({
          run: async (feeds, outputs) => {
            expectThere();
            return session.run(feeds, outputs);
          },
          prepare: (held, into) => {
            const run = session.prepare(held, into);
            return async (feeds) => {
              expectThere();
              await run(feeds);
            };
          },
          release: () => session.release(),
        });
      },
    });
  }
}

const kernelOn = (device: Device, gpu: Gpu, folder: string) =>
  runKernel({
    task: findTask('afinn'),
    model: join(root, 'model'),
    ...{ shots: 2, seeds: [13], limit: 16, parameters: 'all', untie: false, solver: { method: 'dev' } },
    ...{ out: join(root, folder), version: '1.0.0', threads: 1, memory: 2 ** 31 },
    runtime: nodeRuntime(device),
    engine: () => gpu.engine(),
  });

test('is told, and the same command goes on from the blocks that are there, to the same bytes', async () => {
  const whole = new Gpu(Number.POSITIVE_INFINITY, '');
  await kernelOn('webgpu', whole, 'whole');
  const folder = join(root, 'lost');
  const lost = new Gpu(Math.floor(0.6 * whole.runs), '[Device] is lost.');
  expect(await failureOf(() => kernelOn('webgpu', lost, 'lost'))).toMatchObject({
    code: 'finite.device-lost',
    message: expect.stringMatching(/^the GPU was lost: \[Device\] is lost\. Start the same command again/),
  });
  expect((await blocksOf(folder)).filter((path) => path.includes('kernel/')).length).toBeGreaterThan(0);

  // On the processor its numbers would be others: refused, and nothing touched.
  const kept = await treeOf(folder);
  const cpu = new Gpu(Number.POSITIVE_INFINITY, '');
  expect(await failureOf(() => kernelOn('cpu', cpu, 'lost'))).toMatchObject({
    code: 'runs.identity-mismatch',
    message: expect.stringContaining(nodeRuntime('webgpu')),
  });
  expect(cpu.runs).toBe(0);
  expect(await treeOf(folder)).toEqual(kept);

  const again = new Gpu(Number.POSITIVE_INFINITY, '');
  await kernelOn('webgpu', again, 'lost');
  expect(again.runs).toBeLessThan(whole.runs);
  expect(await outcome(folder)).toEqual(await outcome(join(root, 'whole')));
});

test.each([
  'WebGPU device lost (1): A valid external Instance reference no longer exists.',
  '[Queue "main"] is lost.',
  'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
  'ID3D12Device::GetDeviceRemovedReason failed with DXGI_ERROR_DEVICE_HUNG (0x887A0006)',
])('is known by %s', async (message) => {
  const session = onDevice({
    run: () => Promise.reject(new Error(message)),
    prepare: () => () => Promise.reject(new Error(message)),
    release: async () => {},
  });
  for (const run of [() => session.run({}, []), () => session.prepare({}, {})({})]) {
    expect(await failureOf(run)).toMatchObject({ code: 'finite.device-lost' });
  }
});

test('is not taken for what else fails', async () => {
  const session = onDevice({
    run: () => Promise.reject(new Error('out of memory')),
    prepare: () => async () => {},
    release: async () => {},
  });
  await expect(session.run({}, [])).rejects.toThrow(/^out of memory$/);
});
