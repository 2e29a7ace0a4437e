/** `nexort doctor` in order, in a broken installation, and each check on machines that are not this one. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { cgroupLimits } from '../../src/cli/doctor/cgroup.ts';
import { checkEngine, checkRandom, checkReference } from '../../src/cli/doctor/engine.ts';
import { checkBrowser, checkCache } from '../../src/cli/doctor/extras.ts';
import { type Finding, guarded, size } from '../../src/cli/doctor/finding.ts';
import { checkCores, checkDisk, checkMemory, checkNode } from '../../src/cli/doctor/machine.ts';
import { checkModel } from '../../src/cli/doctor/model.ts';
import { type Backend, Engine } from '../../src/finite/index.ts';
import { nodeBackend } from '../../src/finite/node/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort } from './builtNexort.ts';
import { nexort } from './nexort.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const GIBIBYTE = 2 ** 30;

interface Report {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

const found = ({ findings }: Report, check: string): Finding | undefined =>
  findings.find((finding) => finding.check === check);

describe('nexort doctor', () => {
  it('prints exactly one JSON object, in which what this test run itself needs is in order', async () => {
    const { code, stdout, stderr } = await nexort('doctor', '--json');
    const report = JSON.parse(stdout) as Report; // our own output
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(report.ok).toBe(true);
    for (const check of ['nexort', 'node', 'engine', 'random numbers', 'oracle', 'engine numbers', 'embedded model'])
      expect(found(report, check), check).toMatchObject({ status: 'ok' });
    expect(found(report, 'model numbers')?.found).toMatch(/^logits of a sentence are right to \de-\d$/);
    expect(found(report, 'engine')?.found).toMatch(/^onnxruntime-node \d+\.\d+\.\d+, \d+ threads$/);
    for (const { status, fix, check } of report.findings) expect(fix === undefined, check).toBe(status === 'ok');
  });

  it('prints a line for each finding and a closing one', async () => {
    const { code, stdout } = await nexort('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}engine numbers {2}softmax and its gradient are right to /m);
    expect(stdout).toMatch(/\n\nNo problems(, \d warnings?)?\.\n$/);
  });
});

/** A copy of the compiled package whose onnxruntime-node lacks what is named; everything else is linked. */
function brokenInstallation(built: BuiltNexort, lacking: (runtime: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-broken-'));
  for (const name of ['bin', 'dist']) cpSync(join(built.folder, name), join(folder, name), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'models'), join(folder, 'models'));
  const packages = join(ROOT, 'node_modules');
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(packages)) {
    if (name !== 'onnxruntime-node') symlinkSync(join(packages, name), join(folder, 'node_modules', name));
  }
  lacking(join(folder, 'node_modules', 'onnxruntime-node'));
  return folder;
}

/** All of onnxruntime-node but its libraries. */
function withoutLibraries(runtime: string): void {
  for (const part of ['package.json', 'dist'])
    cpSync(join(ROOT, 'node_modules/onnxruntime-node', part), join(runtime, part), { recursive: true });
}

describe('a broken installation', () => {
  let built: BuiltNexort;
  beforeAll(async () => {
    built = await BuiltNexort.build();
  });
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  function run(folder: string, ...args: readonly string[]) {
    folders.push(folder);
    return spawnSync(process.execPath, [join(folder, 'bin/nexort.js'), ...args], { cwd: tmpdir(), encoding: 'utf8' });
  }

  it('without the native library is a problem with its fix, and the other checks still run', () => {
    const { status, stdout, stderr } = run(brokenInstallation(built, withoutLibraries), 'doctor', '--json');
    const report = JSON.parse(stdout) as Report; // our own output
    expect({ status, stderr, ok: report.ok }).toEqual({ status: 1, stderr: '', ok: false });
    expect(found(report, 'engine')).toEqual({
      check: 'engine',
      status: 'problem',
      found: `onnxruntime-node has no library for ${process.platform} ${process.arch}`,
      fix: 'Install the packages again: npm ci in a clone, npm install nexort elsewhere.',
    });
    expect(found(report, 'oracle')).toMatchObject({ status: 'ok' });
    expect(found(report, 'embedded model')).toMatchObject({ status: 'ok' });
    expect(found(report, 'engine numbers')).toBeUndefined();
  });

  it('with libraries for other systems only says for which', () => {
    const { status, stdout } = run(
      brokenInstallation(built, (runtime) => {
        withoutLibraries(runtime);
        mkdirSync(join(runtime, 'bin/napi-v6/plan9/sparc'), { recursive: true });
      }),
      'doctor',
      '--json',
    );
    expect(status).toBe(1);
    expect(found(JSON.parse(stdout) as Report, 'engine')).toEqual({
      check: 'engine',
      status: 'problem',
      found: `onnxruntime-node has no library for ${process.platform} ${process.arch}, only for plan9 sparc`,
      fix: 'Use nexort on one of these systems.',
    });
  });

  it('with a library that does not load repeats what the loader says', () => {
    const { status, stdout } = run(
      brokenInstallation(built, (runtime) => {
        withoutLibraries(runtime);
        const file = join(runtime, 'bin/napi-v6', process.platform, process.arch, 'onnxruntime_binding.node');
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, 'not a library');
      }),
      'doctor',
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^problem {2}engine +ONNX Runtime does not load on .*onnxruntime_binding\.node/m);
    expect(stdout).toMatch(/\n\n1 problem(, \d warnings?)?\.\n$/);
  });

  it('without the package: commands that need no engine run, those that do end with one message', () => {
    const folder = brokenInstallation(built, () => {});
    expect(run(folder, 'tasks').status).toBe(0);
    const { status, stdout, stderr } = run(folder, 'kernel', '--limit', '2', '--seeds', '1', '--k', '1');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: ONNX Runtime does not load on .*nexort doctor says what is missing\.\n$/);
    const doctor = run(folder, 'doctor', '--json');
    expect(found(JSON.parse(doctor.stdout) as Report, 'engine')?.found).toBe(
      'the package onnxruntime-node is not installed',
    );
  });
});

describe('numbers', () => {
  it('are right here', async () => {
    const engine = new Engine(nodeBackend({ threads: 1 }));
    expect([checkRandom().status, checkReference().status, (await checkEngine(engine)).status]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    await engine.release();
  });

  /** An engine whose every result is changed. */
  const wrong = (change: (value: number) => number): Engine => {
    const good = nodeBackend({ threads: 1 });
    const backend: Backend = {
      name: 'wrong',
      load: async (model) => {
        const session = await good.load(model);
        return {
          ...session,
          run: async (feeds, outputs) => {
            const results = await session.run(feeds, outputs);
            return Object.fromEntries(Object.entries(results).map(([name, data]) => [name, data.map(change)]));
          },
        };
      },
    };
    return new Engine(backend);
  };

  test.each([
    ['a little off', (value: number) => value * 1.00001, /off by .* where 0\.000001 is allowed/],
    ['not numbers', () => Number.NaN, /off by NaN/],
    ['rounded in large sums', (value: number) => (Math.abs(value) > 50 ? value + 0.25 : value), /\d+ of 9216 entries/],
  ])('that are %s are a problem', async (_, change, message) => {
    const finding = await checkEngine(wrong(change));
    expect(finding).toMatchObject({ check: 'engine numbers', status: 'problem' });
    expect(finding.found).toMatch(message);
    expect(finding.fix).toContain('Do not trust figures from this machine');
  });
});

describe('machines', () => {
  const packageFile = pathToFileURL(join(ROOT, 'package.json'));

  test.each([
    ['20.19.0', 'ok'],
    ['20.20.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.9', 'problem'],
    ['18.30.0', 'problem'],
  ])('node %s: %s', (version, status) => {
    expect(checkNode(packageFile, version)[1]).toMatchObject({ check: 'node', status });
  });

  test.each([
    ['no limit', {}, 'ok'],
    ['a limit of all cores', { cores: 8 }, 'ok'],
    ['a limit of some', { cores: 2.5 }, 'warning'],
  ])('cores with %s', (_, limits, status) => {
    expect(checkCores(limits, 8).status).toBe(status);
  });

  it('a quota of cores advises as many threads', () => {
    expect(checkCores({ cores: 2.5 }, 8).fix).toContain('--threads 2:');
    expect(checkCores({ cores: 0.5 }, 8).fix).toContain('--threads 1:');
  });

  it('memory: plenty, little, too little, and the limit of a container', () => {
    expect(checkMemory({}, 3 * GIBIBYTE)).toMatchObject({ status: 'ok' });
    expect(checkMemory({}, GIBIBYTE)).toMatchObject({ status: 'warning' });
    expect(checkMemory({}, GIBIBYTE / 2)).toMatchObject({ status: 'problem' });
    expect(checkMemory({ memoryBytes: 1.5 * GIBIBYTE }, GIBIBYTE).found).toContain('limited to 1.5 GiB');
  });

  it('disk: a folder that is yet to be made is judged by the one around it', async () => {
    const folder = await temporaryFolder({});
    expect(checkDisk(join(folder, 'runs/of/today')).found).toMatch(new RegExp(`free at ${folder}, where runs`));
  });

  it('sizes for people', () => {
    expect([size(3 * 2 ** 20), size(1.26 * GIBIBYTE)]).toEqual(['3 MiB', '1.3 GiB']);
  });

  it('a check that throws is a problem', async () => {
    const throwing = () => {
      throw new Error('no such\n  device');
    };
    expect(await guarded('disk', 'Mend it.', throwing)).toEqual([
      { check: 'disk', status: 'problem', found: 'no such device', fix: 'Mend it.' },
    ]);
  });
});

describe('control groups', () => {
  /** A root folder with these files. */
  async function root(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await temporaryFolder({});
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  it('version 2: the lowest limit of the group and those around it', async () => {
    const folder = await root({
      'proc/self/cgroup': '0::/service/job\n',
      'sys/fs/cgroup/service/job/memory.max': 'max\n',
      'sys/fs/cgroup/service/memory.max': '1073741824\n',
      'sys/fs/cgroup/service/job/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/service/cpu.max': 'max 100000\n',
    });
    expect(cgroupLimits(folder)).toEqual({ memoryBytes: GIBIBYTE, cores: 1.5 });
  });

  it('version 1: a container sees its own limits at the root', async () => {
    const folder = await root({
      'proc/self/cgroup': '5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '2147483648\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(cgroupLimits(folder)).toEqual({ memoryBytes: 2 * GIBIBYTE, cores: 0.5 });
  });

  it('none: unlimited values of either version, and systems without groups', async () => {
    const folder = await root({
      'proc/self/cgroup': '5:memory:/\n3:cpu:/\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(cgroupLimits(folder)).toEqual({});
    expect(cgroupLimits(await temporaryFolder({}))).toEqual({});
  });
});

describe('files and optional things', () => {
  it('an embedded model that is changed or missing names the files', async () => {
    const folder = await temporaryFolder({ 'config.json': '{}', 'tokenizer.json': '{}' });
    expect(await checkModel(folder)).toMatchObject({
      status: 'problem',
      found: `config.json has changed, model.safetensors is missing, tokenizer.json has changed in ${folder}`,
    });
  });

  it('a browser is an executable file on the path', async () => {
    const folder = await temporaryFolder({ chromium: 'text' });
    expect(checkBrowser(folder)).toMatchObject({ status: 'warning' });
    const browsers = await temporaryFolder({});
    symlinkSync(process.execPath, join(browsers, 'chromium'));
    expect(checkBrowser(`${folder}:${browsers}`)).toMatchObject({
      status: 'ok',
      found: `${join(browsers, 'chromium')}, for browser tests`,
    });
  });

  it('downloaded models are counted', async () => {
    const folder = await temporaryFolder({});
    mkdirSync(join(folder, 'models--a--b'));
    mkdirSync(join(folder, 'datasets--c'));
    expect(checkCache(folder).found).toMatch(/^1 at /);
  });
});
