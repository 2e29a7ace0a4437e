/** PyTorch, where it is. */

import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Command } from '../harness/side.ts';
import { INPUTS } from './checkpoint.ts';

const SCRIPTS = resolve(import.meta.dirname, '../peers');
const IMPORTS = 'import torch, safetensors.torch';

/** How to get the rival. */
export const TO_GET_IT =
  'python3 -m venv FOLDER && FOLDER/bin/pip install -r bench/peers/requirements.txt, ' +
  'then NEXORT_PYTHON=FOLDER/bin/python npm run bench -- kernel';

/** The Python that has PyTorch, or why there is none. */
export function findPython(): { readonly python: string } | { readonly missing: string } {
  const python = process.env.NEXORT_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', IMPORTS], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return { python };
  } catch (error) {
    const lines = error instanceof Error ? error.message.trim().split('\n') : [];
    return { missing: `${python} cannot \`${IMPORTS}\`: ${lines.at(-1) ?? 'it failed'}` };
  }
}

export interface PeerOptions {
  readonly python: string;
  readonly model: string;
  readonly threads: number;
  /** Examples differentiated together; default all. */
  readonly chunk?: number;
}

/**
 * OpenMP threads sleep while they wait, as ours do. glibc keeps freed memory instead of giving it back to the system:
 * gradients of all examples are gigabytes, whose pages would be made anew in every run, at a fifth of its time.
 */
const ENVIRONMENT = {
  OMP_WAIT_POLICY: 'PASSIVE',
  GOMP_SPINCOUNT: '0',
  KMP_BLOCKTIME: '0',
  MALLOC_MMAP_THRESHOLD_: String(2 ** 34),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 27),
};

/** The rival's process. */
export function peerCommand({ python, model, threads, chunk }: PeerOptions): Command {
  const options = ['--model', model, '--inputs', join(model, INPUTS), '--threads', String(threads)];
  return {
    file: python,
    args: [join(SCRIPTS, 'torch_kernel.py'), ...options, ...(chunk === undefined ? [] : ['--chunk', String(chunk)])],
    env: { ...ENVIRONMENT, OMP_NUM_THREADS: String(threads) },
  };
}
