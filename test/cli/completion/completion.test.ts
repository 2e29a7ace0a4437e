/** Completion in the shells themselves, at a terminal where they need one; a shell that is not installed is skipped. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nexort } from '../nexort.ts';

const LIMIT_MS = 60_000;
const has = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-completion-'));
  mkdirSync(join(folder, 'some-folder'));
  writeFileSync(join(folder, 'my data.csv'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await nexort('completion', shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    writeFileSync(join(folder, `nexort.${shell}`), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines as typed, `→` for the tab key, and the words that the command gets. */
const TYPED: readonly (readonly [string, string])[] = [
  ['nexort cl→', 'classify'],
  ['nexort classify --clip normalize-→', 'classify --clip normalize-by-weight'],
  ['nexort kernel sst-2 --un→', 'kernel sst-2 --untie'],
  ['nexort kernel --solver lo→', 'kernel --solver logistic'],
  ['nexort kernel --data my→', 'kernel --data my data.csv'],
  ['nexort train --optimizer lio→ --net transf→', 'train --optimizer lion --net transformer'],
  ['nexort coord --net=transformer-→', 'coord --net=transformer-tied'],
  ['nexort completion zs→', 'completion zsh'],
];

/** What the shell prints where it runs the lines, `nexort` being a function that shows its words. */
function wordsGot(output: string): readonly string[] {
  return [...output.matchAll(/^got:(.*):\r?$/gm)].map(([, words = '']) => words);
}

const keys = (typed: string): string => typed.replaceAll('→', '\t');

describe('nexort completion', () => {
  it.skipIf(!has('script', '--version') || !has('bash', '--version'))(
    'completes in bash (skipped without bash, or script of util-linux, which gives it a terminal)',
    () => {
      const setUp = 'source nexort.bash; nexort() { echo "got:$*:"; }';
      // A word that no list holds completes to nothing, not to a file.
      const lines = [setUp, ...TYPED.map(([typed]) => keys(typed)), keys('nexort train --width my→'), 'exit', ''];
      const { stdout } = spawnSync('script', ['-qec', 'bash --norc -i', '/dev/null'], {
        cwd: folder,
        input: lines.join('\n'),
        encoding: 'utf8',
        timeout: LIMIT_MS,
        env: { ...process.env, TERM: 'dumb', INPUTRC: '/dev/null' },
      });
      // A space that completion adds at the end of a line is no word.
      expect(wordsGot(stdout)).toEqual([...TYPED.map(([, words]) => words), 'train --width my']);
    },
  );

  it.skipIf(!has('zsh', '--version'))('completes in zsh (skipped without zsh)', () => {
    const steps = TYPED.map(([typed]) => `type ${JSON.stringify(typed)}`).join('\n');
    const script = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit; compinit -D -u; source ./nexort.zsh; nexort() { print -r -- "got:$*:" }; print BE''GUN'
zpty -r z out '*BEGUN*'
type() {
  local tab=$'\\t'
  zpty -w z "\${1//→/$tab}"
  zpty -r z out $'*\\ngot:*:\\r\\n*'
  print -r -- "$out"
}
${steps}
zpty -d z
`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', script], { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS });
    // Zsh adds the equals sign after an option that takes a value; none is completed here.
    expect(wordsGot(stdout)).toEqual(TYPED.map(([, words]) => words));
  });

  it.skipIf(!has('fish', '--version'))('completes in fish (skipped without fish)', () => {
    const asked = TYPED.map(([typed]) => typed.slice(0, typed.lastIndexOf('→')).replaceAll(/→(?= )/g, ''));
    const script = ['source nexort.fish', ...asked.map((line) => `complete -C '${line}' | string split -f1 \\t`)];
    const home = join(folder, 'home');
    const { stdout } = spawnSync('fish', ['-N', '-c', script.join('\n')], {
      cwd: folder,
      encoding: 'utf8',
      timeout: LIMIT_MS,
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    });
    const wanted = TYPED.map(([typed, words]) => {
      const last = words.split(typed.includes('my→') ? / (?=my)/ : ' ').at(-1) ?? '';
      return last;
    });
    const found = stdout.trim().split('\n');
    expect(found).toEqual(expect.arrayContaining(wanted));
  });

  it('names the shells there are where another is asked for', async () => {
    const { code, stderr } = await nexort('completion', 'tcsh');
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});
