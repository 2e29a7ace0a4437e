/** One tensor as it is written into a test file. */
export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A tensor of 32-bit floats. */
export function floats(shape: readonly number[], values: ArrayLike<number>): RawTensor {
  return { dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** A tensor of 64-bit floats. */
export function doubles(shape: readonly number[], values: ArrayLike<number>): RawTensor {
  return { dtype: 'F64', shape, bytes: new Uint8Array(Float64Array.from(values).buffer) };
}

/** A tensor of 16-bit patterns. */
export function sixteenBits(dtype: 'F16' | 'BF16', shape: readonly number[], bits: ArrayLike<number>): RawTensor {
  return { dtype, shape, bytes: new Uint8Array(Uint16Array.from(bits).buffer) };
}

/** The bytes of a safetensors file with these tensors in this order. */
export function safetensorsFile(tensors: Readonly<Record<string, RawTensor>>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let position = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [position, position + bytes.length] };
    position += bytes.length;
  }
  return withHeader(
    JSON.stringify(header),
    Object.values(tensors).map(({ bytes }) => bytes),
  );
}

/** The bytes of a safetensors file with a header of any text. */
export function withHeader(header: string, data: readonly Uint8Array[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Buffer.concat([length, text, ...data]);
}
