/** The rivals of the train bench: how they run, and whether they are there. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { KEEPING, PASSIVE, pythonWith } from '../harness/python.ts';
import { compiledScript, script } from '../harness/script.ts';
import type { Command } from '../harness/side.ts';
import type { Workload } from './workloads.ts';

/**
 * `torch` is PyTorch as it comes, `torch-tuned` the same where glibc keeps freed memory, so that gradients made anew in
 * every step cost no new pages. `jax-js`, several times slower than the others, runs on the smaller perceptron only.
 */
export const PEERS = ['torch', 'torch-tuned', 'jax', 'jax-js'] as const;
export type PeerName = (typeof PEERS)[number];

/** Those that run unless others are asked for. */
export const USUAL: readonly PeerName[] = ['torch', 'jax', 'jax-js'];

const JAX_JS = '@jax-js/jax';
const JAX_JS_VERSION = '0.1.25';

/** How to get the rivals. */
export const TO_GET_THEM =
  'python3 -m venv FOLDER && FOLDER/bin/pip install -r bench/peers/requirements.txt\n' +
  `  npm install --no-save ${JAX_JS}@${JAX_JS_VERSION}   (or elsewhere, with NEXORT_JAX_JS=FOLDER)\n` +
  '  NEXORT_PYTHON=FOLDER/bin/python npm run bench -- train';

/** What a side is told. */
export interface Told {
  /** File of the weights and batches. */
  readonly file: string;
  readonly threads: number;
  /** Steps of a run. */
  readonly steps: number;
}

/** A rival that is there. */
export interface Peer {
  readonly name: PeerName;
  command(told: Told): Command;
}

const SCRIPTS = resolve(import.meta.dirname, '../peers');

const args = ({ file, threads, steps }: Told): string[] => [
  '--case',
  file,
  '--threads',
  String(threads),
  '--steps',
  String(steps),
];

/** Our own side, of this checkout or another one. */
export const oursCommand = (told: Told, root?: string): Command => compiledScript('train/ours.ts', args(told), root);

/** A rival for a workload, or why there is none. */
export function findPeer(name: PeerName, { name: workload }: Workload): Peer | { readonly missing: string } {
  switch (name) {
    case 'torch':
    case 'torch-tuned': {
      const more = name === 'torch' ? {} : KEEPING;
      return python(name, 'torch_train.py', 'import torch, safetensors.torch', (threads) => ({
        ...PASSIVE,
        ...more,
        OMP_NUM_THREADS: String(threads),
      }));
    }
    case 'jax':
      if (workload === 'encoder') return { missing: 'it has no encoder' };
      // NPROC is how many threads XLA's pool has.
      return python(name, 'jax_train.py', 'import jax, safetensors.numpy', (threads) => ({
        JAX_PLATFORMS: 'cpu',
        NPROC: String(threads),
      }));
    case 'jax-js': {
      if (workload !== 'mlp') return { missing: 'it runs on the workload mlp only' };
      const module = locateJaxJs();
      if (module === undefined) return { missing: `not installed: npm install --no-save ${JAX_JS}@${JAX_JS_VERSION}` };
      return {
        name,
        command: (told) => script('peers/jax_js_train.mjs', [...args(told), '--module', module]),
      };
    }
  }
}

function python(
  name: PeerName,
  file: string,
  imports: string,
  environment: (threads: number) => Readonly<Record<string, string>>,
): Peer | { readonly missing: string } {
  const found = pythonWith(imports);
  if ('missing' in found) return found;
  return {
    name,
    command: (told) => ({
      file: found.python,
      args: [join(SCRIPTS, file), ...args(told)],
      env: environment(told.threads),
    }),
  };
}

/** Its file, from the folder that NEXORT_JAX_JS names or from here. */
function locateJaxJs(): string | undefined {
  const folder = resolve(process.env.NEXORT_JAX_JS ?? import.meta.dirname);
  try {
    const module = createRequire(join(folder, 'index.js')).resolve(JAX_JS);
    return existsSync(module) ? module : undefined;
  } catch {
    return undefined;
  }
}
