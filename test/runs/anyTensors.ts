import fc from 'fast-check';
import type { Numbers, Tensor } from '../../src/runs/tensors/tensors.ts';

/** Any few tensors of every number type, with NaN, infinities, negative zero, empty and scalar shapes. */
export function anyTensors(): fc.Arbitrary<Readonly<Record<string, Tensor>>> {
  const tensor = fc.array(fc.nat(3), { maxLength: 4 }).chain((shape): fc.Arbitrary<Tensor> => {
    const length = shape.reduce((product, size) => product * size, 1);
    const exactly = { minLength: length, maxLength: length };
    const data: fc.Arbitrary<Numbers> = fc.oneof(
      fc.float64Array(exactly),
      fc.float32Array(exactly),
      fc.int32Array(exactly),
    );
    return data.map((numbers) => ({ shape, data: numbers }));
  });
  const name = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .filter((text) => text !== '__proto__' && text !== '__metadata__');
  return fc.dictionary(name, tensor, { maxKeys: 5, noNullPrototype: true });
}
