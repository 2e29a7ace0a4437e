/** A clone compiles its command line once for each state of its sources. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const COMPILED = pathToFileURL(resolve(import.meta.dirname, '../../bin/compiled.js')).href;
const SCRIPT = `
import { compiled } from ${JSON.stringify(COMPILED)};
const main = await compiled(new URL(process.argv[1]));
console.log((await import(main.href)).value, main.href);
`;

describe('a clone', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nexort-clone-'));
    for (const room of ['src/cli', 'src/kets/node']) mkdirSync(join(root, room), { recursive: true });
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'package.json'), '{"type": "module"}');
    write('src/cli/main.ts', "export { value } from '../value.ts';");
    write('src/kets/node/scramblingThread.ts', 'export {};');
    write('src/value.ts', 'export const value: number = 1;');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
  const cached = (): readonly string[] => readdirSync(join(root, 'node_modules/.cache/nexort'));

  /** What a start's main module exports, and where the module is. */
  function start(): readonly string[] {
    const options = ['--input-type=module', '-e', SCRIPT, pathToFileURL(`${root}/`).href];
    const { stdout, stderr, status } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.trim().split(' ');
  }

  it('compiles once while its sources stay, and again when one changes', () => {
    const [value, main = ''] = start();
    expect(value).toBe('1');
    expect(main).toContain('node_modules/.cache/nexort/');
    const [first = ''] = cached();
    // What is there is loaded, whatever it says.
    write(`node_modules/.cache/nexort/${first}/main.js`, 'export const value = "from the cache";');
    expect(start().join(' ')).toBe(`from the cache ${main}`);
    write('src/value.ts', 'export const value: number = 22;');
    expect(start()[0]).toBe('22');
    expect(cached()).toHaveLength(2);
  });

  it('keeps what was compiled lately, which a command may still load from, and nothing older', () => {
    start();
    const [old = ''] = cached();
    utimesSync(join(root, 'node_modules/.cache/nexort', old), 0, 0);
    write('src/value.ts', 'export const value: number = 333;');
    expect(start()[0]).toBe('333');
    expect(cached()).toHaveLength(1);
    expect(cached()).not.toContain(old);
  });

  it('starts from its sources where nothing can be written', () => {
    rmSync(join(root, 'node_modules'), { recursive: true });
    write('node_modules', 'a file where a folder would be');
    const [value, main] = start();
    expect({ value, main }).toEqual({ value: '1', main: pathToFileURL(join(root, 'src/cli/main.ts')).href });
  });
});
