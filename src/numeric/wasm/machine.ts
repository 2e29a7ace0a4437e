/**
 * What is used of WebAssembly's interface, whose values neither the language's library nor Node's types declare.
 *
 * Memories are of fixed size: views of one that grows would go stale.
 */

import type { ModuleParts } from './assembler.ts';
import { assemble } from './assembler.ts';

/** A memory of fixed size. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

/** A memory of fixed size that threads share. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** A compiled module, which any number of memories can be given to. */
export interface Module {
  readonly compiled: object;
}

type Kernel = (...numbers: number[]) => void;

/** Bytes of a page, the unit of a memory's size. */
export const PAGE_BYTES = 65536;

/** The most bytes that addresses of 32 bits reach. */
export const MOST_MEMORY_BYTES = 65536 * PAGE_BYTES;

interface WebAssemblyInterface {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared?: boolean;
  }) => unknown;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: Readonly<Record<string, unknown>> },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

// The cast states the part of the standard interface that is used.
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };

/** A memory of at least so many bytes, zeros. Throws `RangeError` where the machine does not give it. */
export function allocate(bytes: number): Memory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  return new WebAssembly.Memory({ initial: pages, maximum: pages }) as Memory; // its buffer is no shared one
}

/** The same for threads to share. */
export function allocateShared(bytes: number): SharedMemory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }) as SharedMemory; // as asked for
}

/** Compiles a module. */
export function compile(parts: ModuleParts): Module {
  return { compiled: new WebAssembly.Module(assemble(parts)) };
}

/** The functions of a module, over a memory and with the functions that it imports. */
export function instantiate(
  { compiled }: Module,
  memory?: Memory | SharedMemory,
  functions: Readonly<Record<string, (...numbers: number[]) => number>> = {},
): { readonly memory: Memory | SharedMemory; readonly kernel: (name: string) => Kernel } {
  const env = memory === undefined ? functions : { ...functions, memory };
  const { exports } = new WebAssembly.Instance(compiled, { env });
  // Modules are assembled here: they export the memory and the functions that their parts say.
  return {
    memory: memory ?? (exports.memory as Memory),
    kernel: (name) => exports[name] as Kernel,
  };
}
