/** Limits of training that are known, at small samples. */

import { testReferences } from './referenceTests.ts';

testReferences({
  nt_mlp1_relu_rmsprop: { samples: 512, seeds: 32, error: 4e-3 },
  nt_mlp2_relu_sign: { samples: 128, seeds: 32, error: 8e-3 },
  nt_mlp2_tanh_adam: { samples: 128, seeds: 32, error: 1.2e-2 },
  nt_mlp3_erf_momentum_batches: { samples: 256, seeds: 32, error: 2.5e-2 },
  mup_mlp1_tanh_adam: { samples: 1024, seeds: 32, error: 1e-3 },
  mup_mlp1_relu_momentum_batches: { samples: 512, seeds: 32, error: 1.2e-2 },
});
