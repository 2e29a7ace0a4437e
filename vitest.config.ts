import { defineConfig } from 'vitest/config';
import { publicEntries } from './studio/entries.ts';
import { plainImports } from './test/plainImports.ts';

export default defineConfig({
  plugins: [plainImports()],
  resolve: { alias: publicEntries(import.meta.dirname) },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.slow.test.ts'],
    globalSetup: 'test/cli/builtFolder.ts',
    // Numerical tests on two cores: a long limit catches hangs, no test asserts a time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than cores: some tests wait for processes, browsers and clocks.
    maxWorkers: 3,
    // The files of a worker share its modules: to load them anew for each file took a third of the time.
    isolate: false,
  },
});
