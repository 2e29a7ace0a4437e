/** That commands write nowhere else than told, and open no socket: as the system sees it, not as our own code says. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { required } from '../../src/errors/index.ts';
import { BuiltNexort } from './builtNexort.ts';
import { writesOrSends } from './systemCalls.ts';

const PROGRAM = resolve(import.meta.dirname, '../../examples/programs/sgd-two-hidden-layers.nex');
const SMALL = ['--widths', '8,16,32', '--seeds', '2'];

/** Every command, with what it is told to write. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  tasks: ['tasks'],
  models: ['models'],
  doctor: ['doctor'],
  classify: ['classify', '--plot', 'told/phases.svg'],
  check: ['check', PROGRAM, ...SMALL, '--plot', 'told/rates.svg'],
  coord: ['coord', ...SMALL, '--steps', '2', '--report', 'told/sizes.html'],
  train: ['train', '--width', '8', '--steps', '4', '--checkpoint-every', '2', '--out', 'told/training'],
  transfer: ['transfer', ...SMALL, '--rates', '2^-8,2^-6,2^-4', '--steps', '2', '--out', 'told/transfer'],
  limit: [
    ...['limit', '--widths', '8,16', '--seeds', '2', '--depth', '1', '--samples', '64', '--scramblings', '2'],
    ...['--steps', '2', '--out', 'told/limit'],
  ],
  kernel: ['kernel', '--limit', '8', '--seeds', '13', '--k', '2', '--out', 'told/kernel'],
  predict: ['predict', 'told/kernel', '--text', 'a joy'],
};

const WRITES = 'open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod';
const NETWORK = 'socket,connect,bind,sendto,sendmsg';
const strace = spawnSync('strace', ['--seccomp-bpf', '-f', '-o', '/dev/null', 'true']).status === 0;

/** Tests of the commands named. */
export function testPrivacy(names: readonly string[]): void {
  describe.skipIf(!strace)('commands (skipped where strace is missing or may not trace)', () => {
    let built: BuiltNexort;
    let folder = '';
    beforeAll(async () => {
      built = await BuiltNexort.build();
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexort-privacy-')));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** Runs Node with a home that is not there; the system calls it made that write or send. */
    function traced(name: string, command: readonly string[]): readonly string[] {
      const trace = join(folder, `${name}.trace`);
      const options = [
        '--seccomp-bpf',
        '-f',
        '-qq',
        '-y',
        '-s',
        '4096',
        '-e',
        `trace=${WRITES},${NETWORK}`,
        '-o',
        trace,
      ];
      // Nor has it a SHELL, so that shells which it starts look up the user everywhere alike.
      const {
        ORT_DISABLE_TELEMETRY: _,
        XDG_CACHE_HOME: __,
        NODE_COMPILE_CACHE: ___,
        SHELL: ____,
        ...inherited
      } = process.env;
      const { status, stderr } = spawnSync('strace', [...options, process.execPath, ...command], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...inherited, HOME: join(folder, 'home-that-is-not-there'), TMPDIR: join(folder, 'no-such-temporary') },
      });
      // A verdict may be one of failure.
      expect(status, stderr).toBeLessThan(2);
      return readFileSync(trace, 'utf8').split('\n').filter(writesOrSends);
    }

    test('is watched by what sees sockets', () => {
      const script = "require('node:net').connect(9, '127.0.0.1').on('error', () => {})";
      expect(traced('socket', ['-e', script])).toContainEqual(expect.stringMatching(/ connect\(/));
    });

    test.each(names)('%s', (name) => {
      const command = required(COMMANDS[name], `command ${name}`);
      const calls = traced(name, [join(built.folder, 'bin/nexort.js'), ...command]);
      const [told, elsewhere] = split(calls, (call) => placeOf(call, folder).startsWith(join(folder, 'told')));
      expect(elsewhere).toEqual([]);
      // What watches does see what is written where it was told to.
      expect(told.length > 0).toBe(command.some((word) => OUTPUTS.includes(word)));
      expect(readdirSync(folder).filter((entry) => entry !== 'told' && !entry.endsWith('.trace'))).toEqual([]);
    });
  });
}

const OUTPUTS = ['--out', '--plot', '--report'];

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** The path that a call names, the last where it names two; none for sockets. */
function placeOf(call: string, folder: string): string {
  const path = [...call.matchAll(/"([^"]*)"/g)].at(-1)?.[1];
  return path === undefined || /^\d+ +(socket|connect|bind|send)/.test(call) ? '' : resolve(folder, path);
}
