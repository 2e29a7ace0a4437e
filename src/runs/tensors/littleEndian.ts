/** Files hold numbers in little-endian order; typed arrays hold them in the machine's. */

/** Whether the first byte of a number is the least one in this machine. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The numbers' bytes as files hold them: a view where the machine's order is the same, a copy otherwise. */
export function toLittleEndian(data: Float64Array | Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return fromLittleEndian(bytes, data.BYTES_PER_ELEMENT);
}

/** Bytes of a file in the machine's order: the same bytes where it is little-endian, a copy otherwise. */
export function fromLittleEndian(bytes: Uint8Array, itemBytes: number): Uint8Array {
  return LITTLE_ENDIAN ? bytes : reverseItems(bytes, itemBytes);
}

/** A copy in which the bytes of every item are in reverse order. */
export function reverseItems(bytes: Uint8Array, itemBytes: number): Uint8Array {
  const reversed = bytes.slice();
  for (let start = 0; start < reversed.length; start += itemBytes) {
    reversed.subarray(start, start + itemBytes).reverse();
  }
  return reversed;
}
