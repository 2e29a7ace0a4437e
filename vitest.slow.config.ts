import { defineConfig } from 'vitest/config';
import { publicEntries } from './studio/entries.ts';
import { plainImports } from './test/plainImports.ts';
import { SlowResults } from './test/slow/results.ts';

/** What takes minutes: rates at full size, moments of interruption by the dozen, the benches end to end. */
export default defineConfig({
  plugins: [plainImports()],
  resolve: { alias: publicEntries(import.meta.dirname) },
  test: {
    include: ['test/**/*.slow.test.ts'],
    globalSetup: 'test/cli/builtFolder.ts',
    reporters: ['default', new SlowResults()],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    isolate: false,
  },
});
