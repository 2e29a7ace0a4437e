/** Blocks that processes of the tests write. */

export const BLOCKS = Array.from({ length: 8 }, (_, index) => `square/${index % 2}/${index}`);

/** Made once: a process that is killed should be writing most of the time. */
const CONTENTS = new Map(BLOCKS.map((block, index) => [block, make(index + 1)]));

/** A block's bytes in two parts. */
export function content(block: string): readonly Uint8Array[] {
  return CONTENTS.get(block) ?? [];
}

function make(seed: number): readonly Uint8Array[] {
  return [Uint8Array.of(seed), new Uint8Array(100_000).map((_, k) => (k * k * seed) >> 3)];
}
