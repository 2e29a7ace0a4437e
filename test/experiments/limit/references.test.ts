/** Limits of training that are known, some of them at small samples; the command (test/cli/limit) and the slow suite have all. */

import { testReferences } from './referenceTests.ts';

testReferences({
  nt_mlp1_relu_rmsprop: { samples: 512, seeds: 32, error: 4e-3 },
  nt_mlp2_relu_sign: { samples: 128, seeds: 32, error: 8e-3 },
  mup_mlp1_relu_momentum_batches: { samples: 512, seeds: 32, error: 1.2e-2 },
});
