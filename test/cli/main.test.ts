import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands, COMMANDS } from '../../src/cli/commandList.ts';
import { BuiltNexort, Running } from './builtNexort.ts';
import { nexort } from './nexort.ts';

const PACKAGE = resolve(import.meta.dirname, '../../package.json');

describe('nexort', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
    expect(await nexort('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('starts from its source in a clone, and compiled, and ends with its code', async () => {
    const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
    const source = new Running(process.execPath, [resolve(import.meta.dirname, '../../bin/nexort.js'), '--version']);
    const built = await BuiltNexort.build();
    for (const ended of [await source.ended, await built.run('--version')]) {
      expect(ended).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    }
    expect(await built.run('taks')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('tasks') });
  });

  it.each([
    [['--help']],
    [['tasks', '--help']],
    [['kernel', '--help']],
    [['predict', '--help']],
    [['check', '--help']],
  ])('prints help with an example: %j', async (args) => {
    const { code, stdout, stderr } = await nexort(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: nexort');
    expect(stdout).toMatch(/^Examples?:\n {2}nexort /m);
  });

  it('lists each command in help as the command describes itself', async () => {
    const listed = new Command();
    await addCommands(listed, []);
    const described = ({ commands }: Command) =>
      commands.map((one) => ({ name: one.name(), usage: one.usage(), description: one.description() }));
    const [shown, words] = [described(listed), [...COMMANDS.keys()]];
    expect(shown.map(({ name }) => name)).toEqual(words);
    for (const [k, name] of words.entries()) {
      const alone = new Command();
      await addCommands(alone, [name]);
      expect(described(alone)[k]).toEqual(shown[k]);
    }
  });

  it('explains its usage on stderr when called with nothing', async () => {
    const { code, stdout, stderr } = await nexort();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: nexort');
  });

  it.each([
    ['an unknown command', ['taks'], "error: unknown command 'taks'\n(Did you mean tasks?)\n"],
    ['an unknown option', ['tasks', '--jsn'], "error: unknown option '--jsn'\n(Did you mean --json?)\n"],
    [
      'too many arguments',
      ['tasks', 'sst-2'],
      "error: too many arguments for 'tasks'. Expected 0 arguments but got 1.\n",
    ],
    [
      'a bad option value',
      ['kernel', '--k', '0'],
      "error: option '--k <number>' argument '0' is invalid. Give a whole number of at least 1.\n",
    ],
  ])('refuses %s with code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await nexort(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(message), stderr).toBe(true);
    expect(stderr).not.toContain('    at ');
  });

  it('refuses an unknown task with the nearest names, without a stack trace', async () => {
    const { code, stdout, stderr } = await nexort('kernel', 'sst2');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: There is no task 'sst2'\. Did you mean .*sst-2/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('a full device', () => {
  it('as standard output is told in a line, and ends with exit code 2', async () => {
    const built = await BuiltNexort.build();
    expect(await built.runInto('/dev/full', 'shown', 'tasks', '--json')).toEqual({
      ...{ code: 2, signal: null, stdout: '' },
      stderr:
        'error: the result cannot be written to standard output: the device is full. Send it to a file with room, or to a terminal.\n',
    });
    expect(await built.runInto('/dev/full', 'there', 'tasks')).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: '',
    });
  });
});
