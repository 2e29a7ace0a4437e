/** Limits of training that are known, at samples where errors are about those of the values. */

import { testReferences } from './referenceTests.ts';

testReferences({
  nt_mlp1_relu_rmsprop: { samples: 4096, seeds: 16, error: 2e-3 },
  nt_mlp2_relu_sign: { samples: 2048, seeds: 16, error: 1e-3 },
  nt_mlp2_tanh_adam: { samples: 1024, seeds: 16, error: 3e-3 },
  nt_mlp3_erf_momentum_batches: { samples: 2048, seeds: 16, error: 8e-3 },
  mup_mlp1_tanh_adam: { samples: 32768, seeds: 16, error: 1e-4 },
  mup_mlp1_relu_momentum_batches: { samples: 16384, seeds: 16, error: 2e-3 },
});
