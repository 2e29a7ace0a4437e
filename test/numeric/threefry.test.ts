import { expect, test } from 'vitest';
import { threefry2x32 } from '../../src/numeric/threefry.ts';

// Known answers of the Random123 distribution (D. E. Shaw Research), file tests/kat_vectors, lines "threefry2x32 20".
test.each([
  { key: [0, 0], counter: [0, 0], image: [0x6b200159, 0x99ba4efe] },
  { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], image: [0x1cb996fc, 0xbb002be7] },
  { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], image: [0xc4923a9c, 0x483df7a0] },
] as const)('the image of $counter under $key', ({ key, counter, image }) => {
  const output = new Uint32Array(2);
  threefry2x32(key[0], key[1], counter[0], counter[1], output);
  expect([...output]).toEqual(image);
});
