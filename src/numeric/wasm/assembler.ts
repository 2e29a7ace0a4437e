/**
 * A WebAssembly module as bytes, for kernels of a few instructions: SIMD on four f32 or two f64 is what JavaScript
 * itself does not offer.
 *
 * Source of the encodings: WebAssembly core specification 2.0, sections 5.4 (instructions) and 5.5 (modules). A function
 * takes numbers and has v128 locals, numbered after the parameters; a body is a flat list of bytes for the stack
 * machine, and the functions below name what they emit.
 */

/** Instructions, one after the other. */
export type Code = readonly number[];

/** Types of parameters. */
export type NumberType = 'i32' | 'f32' | 'f64';

/** Numbers that fill the lanes of a vector: four f32 or two f64. */
export type Lanes = 'f32' | 'f64';

/** An exported function without result. */
export interface AssembledFunction {
  readonly name: string;
  /** Parameters: the locals 0, 1, … */
  readonly parameters: readonly NumberType[];
  /** Further locals of type v128, zero at the start. */
  readonly vectors: number;
  /** Locals of type i32 after those, zero at the start. */
  readonly addresses?: number;
  readonly body: Code;
}

/** A function of f64 numbers that JavaScript gives. Imported functions are numbered from 0. */
export interface ImportedFunction {
  readonly name: string;
  readonly arguments: number;
}

/** What a module is made of. */
export interface ModuleParts {
  /** Pages of 64 KiB of a memory of its own, exported as `memory`; without them it imports `env.memory`. */
  readonly pages?: number;
  /** The most pages of an imported memory that threads share; without them it is one thread's own. */
  readonly sharedPages?: number;
  /** Functions imported from `env`. */
  readonly imports?: readonly ImportedFunction[];
  readonly functions: readonly AssembledFunction[];
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

/** Pushes a whole number from 0 on. */
export const whole = (value: number): Code => [0x41, ...signed(value)];

/** Pops two whole numbers, pushes their sum or product. */
export const addWhole: Code = [0x6a];
export const multiplyWhole: Code = [0x6c];
/** Pops two whole numbers, pushes their difference; the first without its last bits, as many as the second says. */
export const subtractWhole: Code = [0x6b];
export const shiftWhole: Code = [0x76];
/** Pops two whole numbers, pushes 1 where they are equal, or where both are not 0. */
export const equalWhole: Code = [0x46];
export const andWhole: Code = [0x71];

/** Pops a whole number, runs one of two. */
export const either = (then: Code, otherwise: Code): Code => [0x04, 0x40, ...then, 0x05, ...otherwise, 0x0b];

/** Pushes the whole number at an address. */
export const loadWhole = (address: number, offset: number): Code => [...get(address), 0x28, 2, ...unsigned(offset)];

/** Pops an address, pushes the sixteen bytes at it and `offset` further. */
export const loadAt = (offset: number): Code => [0xfd, 0x00, 3, ...unsigned(offset)];

/** Pops an address and sixteen bytes, which go to `offset` after it. */
export const storeAt = (offset: number): Code => [0xfd, 0x0b, 3, ...unsigned(offset)];

/** Pops an address, pushes the f64 at it and 0. */
export const loadFirst: Code = [0xfd, 0x5d, 3, 0];

/** Pops an address and a vector, pushes the vector with the f64 at the address second. */
export const loadSecond: Code = [0xfd, 0x57, 3, 0, 1];

/** Pops a vector of f64, pushes the sum of both. */
export const sumOfLanes = (local: number): Code => [
  ...set(local),
  ...get(local),
  ...[0xfd, 0x21, 0],
  ...get(local),
  ...[0xfd, 0x21, 1],
  0xa0,
];

/** Pops an address and an f64, which goes there. */
export const storeNumber: Code = [0x39, 3, 0];

/** Pushes the sixteen bytes at an address. */
export const load = (address: number, offset: number): Code => [...get(address), 0xfd, 0x00, 3, ...unsigned(offset)];

/** Pushes the f64 at an address, twice. */
export const loadTwice = (address: number, offset: number): Code => [
  ...get(address),
  ...[0xfd, 0x0a, 3],
  ...unsigned(offset),
];

/** Pops sixteen bytes and puts them at an address; `value` pushes them. */
export const store = (address: number, offset: number, value: Code): Code => [
  ...get(address),
  ...value,
  0xfd,
  0x0b,
  3,
  ...unsigned(offset),
];

/** Operations on vectors, by the number that follows the prefix 0xfd: of f32 lanes, of f64 lanes. */
const VECTOR_OPERATIONS = {
  splat: [0x13, 0x14],
  abs: [0xe0, 0xec],
  neg: [0xe1, 0xed],
  sqrt: [0xe3, 0xef],
  add: [0xe4, 0xf0],
  sub: [0xe5, 0xf1],
  mul: [0xe6, 0xf2],
  div: [0xe7, 0xf3],
  min: [0xe8, 0xf4],
  max: [0xe9, 0xf5],
  notEqual: [0x42, 0x48],
  less: [0x43, 0x49],
  atMost: [0x45, 0x4b],
  nearest: [0x6a, 0x94],
  greater: [0x44, 0x4a],
  and: [0x4e, 0x4e],
  or: [0x50, 0x50],
  select: [0x52, 0x52],
} as const;

export type VectorOperation = keyof typeof VECTOR_OPERATIONS;

/** Pops the operands of an operation (a number for `splat`), pushes a vector. Comparisons give all ones or all zeros. */
export const vector = (operation: VectorOperation, lanes: Lanes): Code => [
  0xfd,
  ...unsigned(VECTOR_OPERATIONS[operation][lanes === 'f32' ? 0 : 1]),
];

/** Operations on whole lanes of vectors, by the number that follows the prefix 0xfd. */
const BYTE_OPERATIONS = {
  exclusiveOr: 0x51,
  /** Of each byte. */
  onesInBytes: 0x62,
  addBytes: 0x6e,
  addWholes: 0xae,
  /** Sums of neighbors, unsigned: bytes to sixteen bits, sixteen bits to 32. */
  pairsOfBytes: 0x7d,
  pairsOfHalves: 0x7f,
  /** Two vectors of 32 bits to sixteen, of sixteen bits to bytes; what does not fit keeps its sign. */
  narrowWholes: 0x85,
  narrowHalves: 0x65,
  /** The sign bits of sixteen bytes, a whole number. */
  signsOfBytes: 0x64,
  /** Of f32. */
  equal: 0x41,
} as const;

export type ByteOperation = keyof typeof BYTE_OPERATIONS;

/** Pops the operands of an operation, pushes its result. */
export const bytesOf = (operation: ByteOperation): Code => [0xfd, ...unsigned(BYTE_OPERATIONS[operation])];

/** Pops a whole number, pushes it as four lanes. */
export const splatWhole: Code = [0xfd, 0x11];

/** Pushes zeros. */
export const zeroVector: Code = [...whole(0), ...splatWhole];

/** Pops a vector, pushes one of its four whole numbers. */
export const lane = (number: number): Code => [0xfd, 0x1b, number];

/** Pops a vector, pushes 1 where none of its four whole numbers is 0. */
export const allTrue: Code = [0xfd, 0xa3, 0x01];

/** Pops an address and a whole number, which goes to `offset` after it: its last two bytes, or all four. */
export const storeHalf = (offset: number): Code => [0x3b, 1, ...unsigned(offset)];
export const storeWhole = (offset: number): Code => [0x36, 2, ...unsigned(offset)];

/** How many numbers a vector holds. */
export const laneCount = (lanes: Lanes): number => (lanes === 'f32' ? 4 : 2);

/** Pushes a number as every lane of a vector. */
export const constantVector = (value: number, lanes: Lanes): Code => {
  const bytes =
    lanes === 'f32'
      ? [0x43, ...new Uint8Array(Float32Array.of(value).buffer)]
      : [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
  return [...bytes, ...vector('splat', lanes)];
};

/** Pops a vector of whole f64 within the range of exponents, pushes the powers of two: their bits are the exponents. */
export const powerOfTwo: Code = [
  // Added to 2^52, a whole number stands in the last bits.
  ...constantVector(2 ** 52 + 1023, 'f64'),
  ...vector('add', 'f64'),
  ...whole(52),
  ...[0xfd, 0xcb, 0x01],
];

/** Applies an imported function lane by lane to vectors in locals, the result to the local `into`. */
export function eachLane(imported: number, operands: readonly number[], into: number, lanes: Lanes): Code {
  const [extract, replace] = lanes === 'f32' ? [0x1f, 0x20] : [0x21, 0x22];
  const [promote, demote] = lanes === 'f32' ? [[0xbb], [0xb6]] : [[], []];
  return Array.from({ length: laneCount(lanes) }, (_, lane) => [
    ...get(into),
    ...operands.flatMap((operand) => [...get(operand), 0xfd, extract, lane, ...promote]),
    ...[0x10, ...unsigned(imported)],
    ...demote,
    ...[0xfd, replace, lane],
    ...set(into),
  ]).flat();
}

/** Runs `body`, and again as long as the first address is below the second, as unsigned numbers. */
export const repeatWhileBelow = (address: number, end: number, body: Code): Code => [
  ...[0x03, 0x40],
  ...body,
  ...get(address),
  ...get(end),
  ...[0x49, 0x0d, 0x00, 0x0b],
];

const TYPE_BYTES: Readonly<Record<NumberType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c };
const V128 = 0x7b;

/** Runs `body`, and again as long as `test` pushes a whole number other than 0. */
export const repeatWhile = (test: Code, body: Code): Code => [...[0x03, 0x40], ...body, ...test, ...[0x0d, 0x00, 0x0b]];

/** Pushes 1 where the first is below the second as unsigned numbers, else 0. */
export const isBelow = (address: number, end: number): Code => [...get(address), ...get(end), 0x49];

/** Pushes the larger of two whole numbers, not negative. */
export const largerWhole = (a: Code, b: Code): Code => [...a, ...b, ...a, ...b, ...[0x4b, 0x1b]];

/** Pushes the first f64 of a vector in a local. */
export const firstLane = (local: number): Code => [...get(local), 0xfd, 0x21, 0];

/** Pops two f64, pushes 1 where the first is greater, else 0. */
export const greaterNumber: Code = [0x64];

/** Pushes an f64. */
export const numberOf = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];

/** The bytes of a module that exports its functions. */
export function assemble({ pages, sharedPages, imports = [], functions }: ModuleParts): Uint8Array<ArrayBuffer> {
  const [functionKind, memoryKind] = [0x00, 0x02];
  const typeOf = (parameters: readonly NumberType[], results: readonly NumberType[]): Code => [
    0x60,
    ...list(parameters.map((type) => [TYPE_BYTES[type]])),
    ...list(results.map((type) => [TYPE_BYTES[type]])),
  ];
  const types = [
    ...imports.map((imported) => typeOf(new Array<NumberType>(imported.arguments).fill('f64'), ['f64'])),
    ...functions.map(({ parameters }) => typeOf(parameters, [])),
  ];
  const limits = sharedPages === undefined ? [0x00, 0x01] : [0x03, 0x01, ...unsigned(sharedPages)];
  const given = [
    ...imports.map(({ name }, index) => [...text('env'), ...text(name), functionKind, ...unsigned(index)]),
    ...(pages === undefined ? [[...text('env'), ...text('memory'), memoryKind, ...limits]] : []),
  ];
  const exports = [
    ...functions.map(({ name }, index) => [...text(name), functionKind, ...unsigned(imports.length + index)]),
    ...(pages === undefined ? [] : [[...text('memory'), memoryKind, 0x00]]),
  ];
  const bodies = functions.map(({ vectors, addresses = 0, body }) => {
    const locals = [
      [...unsigned(vectors), V128],
      [...unsigned(addresses), TYPE_BYTES.i32],
    ];
    const code = [...list(addresses === 0 ? locals.slice(0, 1) : locals), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, given),
    ...section(
      3,
      functions.map((_, index) => unsigned(imports.length + index)),
    ),
    ...(pages === undefined ? [] : section(5, [[0x01, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

function section(kind: number, items: readonly Code[]): Code {
  if (items.length === 0) return [];
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
