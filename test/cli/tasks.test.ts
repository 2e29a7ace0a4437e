import { describe, expect, it } from 'vitest';
import { TASKS } from '../../src/lm/data/tasks.ts';
import { nexort } from './nexort.ts';

describe('nexort tasks', () => {
  it('lists every task in a table without colors where stdout is no terminal', async () => {
    const { code, stdout, stderr } = await nexort('tasks');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
    for (const task of TASKS) {
      const row = stdout.split('\n').find((line) => line.startsWith(`│ ${task.name} `));
      expect(row, task.name).toContain(` ${task.prompt} `);
      for (const { name, word } of task.labels) expect(row).toContain(`${name}: ${word}`);
    }
  });

  it('prints exactly one JSON object with --json', async () => {
    const { code, stdout, stderr } = await nexort('tasks', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ tasks: TASKS });
  });
});
