import { referenceLimits } from './limitReference.ts';

referenceLimits([['nt_mlp1_relu_rmsprop', ['--samples', '8192', '--scramblings', '8']]]);
