/** Eleventy's configuration: `npm run docs`, and `npm run docs -- --serve` while writing. */

import type { UserConfig } from '@11ty/eleventy';
import { configure } from './site.ts';

export default (config: UserConfig): void => configure(config);
