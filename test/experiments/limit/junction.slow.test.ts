/** Pre-training, then fine-tuning, under both rules and at five exponents. */

import { testJunction } from './junctionTests.ts';

// Exponents are known to 0.02, those of signs to 0.03: of ten, one lies outside its band by chance in one run of a hundred.
testJunction({
  rules: ['sgd', 'signsgd'],
  exponents: [0, 0.1, 0.2, 0.3, 0.4],
  widths: [32, 64, 128, 256, 512],
  networks: 8,
});
