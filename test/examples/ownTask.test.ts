import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPrompt, labelWordIds, loadTokenizer, parseTemplate } from '../../src/lm/index.ts';
import { checkpointFolder, loadData, loadTask } from '../../src/lm/node/index.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('examples/own-task', () => {
  it('is a task that the embedded model can take', async () => {
    const { task, data } = await loadTask(join(ROOT, 'examples/own-task/task.json'));
    expect(data).toBeDefined();
    const run = await loadData({ task, ...(data === undefined ? {} : { source: data }), shots: 8, seeds: [13, 21] });
    expect(run.draws.map(({ train, dev }) => [train.length, dev.length])).toEqual([
      [24, 24],
      [24, 24],
    ]);
    // As examples/README.md says.
    expect(run.test).toHaveLength(42);
    expect(run.source.description).toBe('table without split: 42 of 90 examples held out for test');
    const tokenizer = await loadTokenizer(checkpointFolder(join(ROOT, 'models/tiny-mlm')));
    expect(await labelWordIds(tokenizer, task.labels)).toHaveLength(3);
    const template = parseTemplate(task.prompt, task);
    for (const example of run.test) {
      expect((await buildPrompt(template, tokenizer, example, task)).removedTokens).toBe(0);
    }
  });
});
