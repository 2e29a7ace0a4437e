/** PyTorch, where it is. */

import { join, resolve } from 'node:path';
import { KEEPING, PASSIVE, pythonWith } from '../harness/python.ts';
import type { Command } from '../harness/side.ts';
import { INPUTS } from './checkpoint.ts';

const SCRIPTS = resolve(import.meta.dirname, '../peers');
const IMPORTS = 'import torch, safetensors.torch';

/** How to get the rival. */
export const TO_GET_IT =
  'python3 -m venv FOLDER && FOLDER/bin/pip install -r bench/peers/requirements.txt, ' +
  'then NEXORT_PYTHON=FOLDER/bin/python npm run bench -- kernel';

/** The Python that has PyTorch, or why there is none. */
export const findPython = () => pythonWith(IMPORTS);

/**
 * Ways in which PyTorch computes the kernel. `stock` is what one writes first: the allocator as it comes, sixteen
 * examples at a time, and `jacrev`, which serves any number of outputs. `tuned` is the fastest that we know, for one
 * output and memory for the gradients of all examples.
 */
export const VARIANTS = ['stock', 'tuned'] as const;
export type Variant = (typeof VARIANTS)[number];

/** How a rival runs. */
export interface RivalSettings {
  readonly variant: Variant;
  /** The transformation of torch.func whose vmap gives the gradients. */
  readonly transform: 'grad' | 'jacrev';
  /** Examples differentiated together. */
  readonly chunk: number;
  /** In words. */
  readonly allocator: string;
  /** Variables of its process. */
  readonly environment: Readonly<Record<string, string>>;
}

const STOCK_CHUNK = 16;

/** The settings of a variant; `chunk` takes the place of its own. */
export function rivalSettings(
  variant: Variant,
  { threads, examples, chunk }: { readonly threads: number; readonly examples: number; readonly chunk?: number },
): RivalSettings {
  const passive = { ...PASSIVE, OMP_NUM_THREADS: String(threads) };
  switch (variant) {
    case 'stock':
      return {
        variant,
        transform: 'jacrev',
        chunk: chunk ?? STOCK_CHUNK,
        allocator: 'allocator as it comes',
        environment: passive,
      };
    case 'tuned':
      return {
        variant,
        transform: 'grad',
        chunk: chunk ?? examples,
        allocator: 'glibc keeps freed memory',
        // Gradients of all examples are gigabytes, whose pages would take a fifth of a run's time.
        environment: { ...passive, ...KEEPING },
      };
  }
}

/** Kernels that the rival computes. */
export const KERNELS = ['sgd', 'signgd'] as const;
export type RivalKernel = (typeof KERNELS)[number];

interface Task {
  readonly python: string;
  readonly model: string;
  readonly threads: number;
  readonly kernel: RivalKernel;
}

/** The rival's process. */
export function peerCommand(
  { python, model, threads, kernel }: Task,
  { transform, chunk, environment }: RivalSettings,
): Command {
  const options = ['--model', model, '--inputs', join(model, INPUTS), '--threads', String(threads)];
  const how = ['--transform', transform, '--chunk', String(chunk), '--kernel', kernel];
  return { file: python, args: [join(SCRIPTS, 'torch_kernel.py'), ...options, ...how], env: environment };
}
