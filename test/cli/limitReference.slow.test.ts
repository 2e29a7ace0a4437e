import { referenceLimits } from './limitReference.ts';

referenceLimits([
  ['mup_mlp1_tanh_adam', ['--samples', '4096', '--scramblings', '32']],
  ['mup_mlp1_relu_momentum_batches', ['--samples', '8192', '--scramblings', '64']],
  ['nt_mlp3_erf_momentum_batches', ['--samples', '2048', '--scramblings', '8']],
  ['nt_mlp2_tanh_adam', ['--samples', '1024', '--subsample', '1024', '--scramblings', '8']],
  ['nt_mlp2_relu_sign', ['--samples', '1024', '--subsample', '1024', '--scramblings', '8']],
]);
