/** More choices of parameters against the references of referenceKernels.ts. */

import { describePeer } from './referenceKernels.ts';

describePeer(
  [
    {
      name: 'without embeddings',
      references: ['sgd_binary_noemb', 'signgd_binary_noemb', 'asym_binary_noemb'],
      selection: 'match:!*embed*',
    },
    { name: 'without the head', references: ['sgd_binary_nohead', 'signgd_binary_nohead'], selection: 'match:!*head*' },
  ],
  0,
);
