/**
 * A WebAssembly module as bytes, for kernels of a few instructions: SIMD on pairs of f64 is what JavaScript itself does
 * not offer.
 *
 * Source of the encodings: WebAssembly core specification 2.0, sections 5.4 (instructions) and 5.5 (modules). A function
 * takes i32 addresses and has v128 locals, numbered after the parameters; a body is a flat list of bytes for the stack
 * machine, and the functions below name what they emit.
 */

/** Instructions, one after the other. */
export type Code = readonly number[];

/** An exported function without result. */
export interface AssembledFunction {
  readonly name: string;
  /** Parameters of type i32: the locals 0, 1, … */
  readonly parameters: number;
  /** Further locals of type v128, zero at the start. */
  readonly vectors: number;
  readonly body: Code;
}

/** Pushes a local. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];

/** Pops into a local. */
export const set = (local: number): Code => [0x21, ...unsigned(local)];

/** Adds a constant number of bytes to an address. */
export const advance = (local: number, bytes: number): Code => [
  ...get(local),
  0x41,
  ...signed(bytes),
  0x6a,
  ...set(local),
];

/** Pushes the two f64 at an address. */
export const load = (address: number, offset: number): Code => vector(0x00, address, 3, offset);

/** Pushes the f64 at an address, twice. */
export const loadTwice = (address: number, offset: number): Code => vector(0x0a, address, 3, offset);

/** Pops two f64 and puts them at an address; `value` pushes them. */
export const store = (address: number, offset: number, value: Code): Code => [
  ...get(address),
  ...value,
  0xfd,
  0x0b,
  3,
  ...unsigned(offset),
];

/** Pops two pairs of f64, pushes their sums. */
export const add: Code = [0xfd, 0xf0, 0x01];

/** Pops two pairs of f64, pushes their products. */
export const multiply: Code = [0xfd, 0xf2, 0x01];

/** Runs `body`, and again as long as the first address is below the second. */
export const repeatWhileBelow = (address: number, end: number, body: Code): Code => [
  ...[0x03, 0x40],
  ...body,
  ...get(address),
  ...get(end),
  ...[0x49, 0x0d, 0x00, 0x0b],
];

/** The bytes of a module that exports its functions, and its memory of so many pages of 64 KiB as `memory`. */
export function assemble(pages: number, functions: readonly AssembledFunction[]): Uint8Array<ArrayBuffer> {
  const [i32, v128, functionKind, memoryKind] = [0x7f, 0x7b, 0x00, 0x02];
  const types = functions.map(({ parameters }) => [0x60, ...list(Array(parameters).fill([i32])), ...list([])]);
  const exports = functions.map(({ name }, index) => [...text(name), functionKind, ...unsigned(index)]);
  const bodies = functions.map(({ vectors, body }) => {
    const code = [...list([[...unsigned(vectors), v128]]), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, [[0x01, ...unsigned(pages), ...unsigned(pages)]]),
    ...section(7, [...exports, [...text('memory'), memoryKind, 0x00]]),
    ...section(10, bodies),
  );
}

function vector(operation: number, address: number, alignment: number, offset: number): Code {
  return [...get(address), 0xfd, operation, alignment, ...unsigned(offset)];
}

function section(kind: number, items: readonly Code[]): Code {
  const content = list(items);
  return [kind, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return list([...value].map((letter) => [letter.charCodeAt(0)]));
}

/** LEB128 of a whole number. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a whole number ≥ 0: bit 6 of the last byte is the sign. */
function signed(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
