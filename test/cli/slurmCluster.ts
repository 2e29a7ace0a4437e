/**
 * A Slurm of one node on this machine, from Debian's packages: unpacked into a folder, started without systemd and cgroups, by
 * whoever runs the tests, and ended with them. Nothing is installed.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, hostname, tmpdir, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PACKAGES = ['slurmctld', 'slurmd', 'slurm-client', 'munge'];
/** Unpacked once for all runs of the tests. */
const ROOT = join(tmpdir(), 'nexort-slurm-packages');
const LIBRARIES = join(ROOT, 'usr/lib/x86_64-linux-gnu');
const START_SECONDS = 60;

/** Unpacks the packages; says why it cannot. */
export function unpackSlurm(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'Debian packages of Slurm are for Linux on x64 here';
  if (existsSync(ROOT)) return undefined;
  const listed = run('apt-get', ['install', '--print-uris', '--yes', '--no-install-recommends', ...PACKAGES]);
  if (listed.status !== 0) return `apt-get does not know ${PACKAGES.join(', ')}: ${listed.said}`;
  // 'URI' FILE SIZE HASH: those that are not installed.
  const names = [...listed.stdout.matchAll(/^'\S+' (\w[^_\s]*)_/gm)].flatMap(([, name]) => name ?? []);
  const folder = mkdtempSync(join(tmpdir(), 'nexort-slurm-unpacked-'));
  const fetched = run('apt-get', ['download', ...names], folder);
  if (fetched.status !== 0) return `Debian's packages cannot be fetched: ${fetched.said}`;
  const root = join(folder, 'root');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    if (run('dpkg', ['-x', join(folder, file), root]).status !== 0) return `dpkg cannot unpack ${file}`;
  }
  for (const program of ['usr/sbin/slurmctld-wlm', 'usr/sbin/slurmd-wlm', 'usr/sbin/munged', 'usr/bin/sbatch']) {
    if (!existsSync(join(root, program))) return `the packages lack ${program}, as where they are installed already`;
  }
  renameSync(root, ROOT);
  rmSync(folder, { recursive: true });
  return undefined;
}

function run(program: string, args: readonly string[], cwd = tmpdir()) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  return { status, stdout: stdout ?? '', said: (stderr || String(error ?? '')).trim().split('\n').at(-1) };
}

/** A task of an array. */
export interface ArrayTask {
  /** `12_3`. */
  readonly id: string;
  readonly state: string;
}

export class SlurmCluster {
  readonly #folder: string;
  readonly #processes = new Map<string, ChildProcess>();
  /** What a process on the cluster's machine sees. */
  readonly environment: NodeJS.ProcessEnv;

  private constructor(folder: string) {
    this.#folder = folder;
    this.environment = {
      ...process.env,
      PATH: [join(ROOT, 'usr/bin'), join(ROOT, 'usr/sbin'), process.env.PATH].join(':'),
      LD_LIBRARY_PATH: [LIBRARIES, join(LIBRARIES, 'slurm-wlm')].join(':'),
      SLURM_CONF: join(folder, 'slurm.conf'),
    };
  }

  /** Starts all of it; `cpus` are what jobs may be told that the node has. */
  static async start(cpus: number): Promise<SlurmCluster> {
    // Sockets have short paths.
    const folder = mkdtempSync(join(tmpdir(), 'nexort-slurm-'));
    const cluster = new SlurmCluster(folder);
    for (const name of ['controller', 'node', 'munge']) mkdirSync(join(folder, name), { mode: 0o711 });
    writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
    const [controller, node] = [await freePort(), await freePort()];
    const [user, host] = [userInfo().username, hostname().split('.')[0]];
    const socket = join(folder, 'munge.socket');
    const lines = [
      'ClusterName=nexort',
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmUser=${user}`,
      `SlurmdUser=${user}`,
      'AuthType=auth/munge',
      'CredType=cred/munge',
      `AuthInfo=socket=${socket}`,
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${node}`,
      `StateSaveLocation=${join(folder, 'controller')}`,
      `SlurmdSpoolDir=${join(folder, 'node')}`,
      `SlurmctldPidFile=${join(folder, 'slurmctld.pid')}`,
      `SlurmdPidFile=${join(folder, 'slurmd.pid')}`,
      `PluginDir=${join(LIBRARIES, 'slurm-wlm')}`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'JobAcctGatherType=jobacct_gather/none',
      'AccountingStorageType=accounting_storage/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_Core',
      'SlurmdParameters=config_overrides',
      'SchedulerParameters=sched_interval=1,sched_min_interval=0',
      'MpiDefault=none',
      'ReturnToService=2',
      'KillWait=5',
      `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${Math.max(cpus, availableParallelism())} RealMemory=${Math.floor(totalmem() / 2 ** 20)} State=UNKNOWN`,
      'PartitionName=all Nodes=ALL Default=YES State=UP',
    ];
    writeFileSync(join(folder, 'slurm.conf'), `${lines.join('\n')}\n`);
    const munge = ['key', 'pid', 'log', 'seed'].map((name) => `--${name}-file=${join(folder, 'munge', name)}`);
    cluster.#spawn('munged', 'munged', ['--foreground', '--force', `--socket=${socket}`, ...munge]);
    while (!existsSync(socket)) await cluster.#expectAlive('munged');
    cluster.#spawn('slurmctld', 'slurmctld-wlm', ['-D']);
    cluster.startNode();
    for (const from = performance.now(); !/ idle /.test(cluster.command('sinfo', '--noheader')); ) {
      if (performance.now() - from > 1000 * START_SECONDS)
        throw new Error(`Slurm does not start: ${cluster.command('sinfo', '--long')}`);
      await cluster.#expectAlive('slurmctld');
    }
    return cluster;
  }

  /** Starts the daemon of the node, at first or again. */
  startNode(): void {
    const step = join(ROOT, 'usr/sbin/slurmstepd-wlm');
    this.#spawn('slurmd', 'slurmd-wlm', ['-D', '-N', hostname().split('.')[0] ?? 'localhost', '-d', step]);
  }

  /** Kills the daemon of the node, with no chance to do anything. */
  async killNode(): Promise<void> {
    await this.#end('slurmd', 'SIGKILL');
  }

  /** What a command of Slurm says. */
  command(program: string, ...args: readonly string[]): string {
    const { stdout, stderr } = spawnSync(program, args, { env: this.environment, encoding: 'utf8' });
    return `${stdout}${stderr}`;
  }

  /** Tasks that are waiting or at work. */
  tasks(): readonly ArrayTask[] {
    const lines = this.command('squeue', '--noheader', '--array', '--format=%i %T').trim().split('\n');
    return lines.flatMap((line) => {
      const [id, state] = line.trim().split(' ');
      return id === undefined || state === undefined ? [] : [{ id, state }];
    });
  }

  /** Cancels what is left and ends all daemons. */
  async stop(): Promise<void> {
    this.command('scancel', '--user', userInfo().username);
    for (const from = performance.now(); this.tasks().length > 0 && performance.now() - from < 10_000; )
      await sleep(200);
    for (const name of ['slurmd', 'slurmctld', 'munged']) await this.#end(name, 'SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(name: string, program: string, args: readonly string[]): void {
    this.#processes.set(name, spawn(join(ROOT, 'usr/sbin', program), args, { env: this.environment, stdio: 'ignore' }));
  }

  async #end(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#processes.get(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }

  async #expectAlive(name: string): Promise<void> {
    await sleep(50);
    const child = this.#processes.get(name);
    if (child?.exitCode !== null || child.signalCode !== null) throw new Error(`${name} has ended: ${child?.exitCode}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
