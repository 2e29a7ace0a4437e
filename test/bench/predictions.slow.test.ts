/** Predictions beside trained networks of smaller widths than the bench's, where the digits are installed. */

import { describe, expect, test } from 'vitest';
import { failures, predictionsBench } from '../../bench/predictions/bench.ts';
import { digits } from '../../bench/predictions/digits.ts';

const missing = await digits(1, 1, false).then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);

describe.skipIf(missing !== undefined)(
  `networks trained on digits${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    test('are as far from their predictions as the width leaves, and the end of training is a regression', async () => {
      const result = await predictionsBench({
        widths: [256, 1024, 2048],
        seeds: [16, 8, 6],
        examples: 32,
        tests: 32,
        steps: [8, 32],
        threads: 2,
        install: false,
        say: () => {},
      });
      expect(failures(result)).toEqual([]);
      expect(result.source).toContain('handwritten digits of MNIST');
    });

    test('need as many numbers of networks as widths, and two of each', async () => {
      const options = {
        widths: [16, 32],
        examples: 4,
        tests: 4,
        steps: [1],
        threads: 1,
        install: false,
        say: () => {},
      };
      const message = /^2 widths need as many numbers of networks, each at least 2, but/;
      await expect(predictionsBench({ ...options, seeds: [2] })).rejects.toThrow(message);
      await expect(predictionsBench({ ...options, seeds: [2, 1] })).rejects.toThrow(message);
    });
  },
);
