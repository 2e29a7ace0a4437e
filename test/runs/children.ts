import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** `child.ts` as JavaScript, which starts much faster than TypeScript does; `remove` it afterwards. */
export async function compileChild(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-child-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const configuration = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      ...{ noEmit: false, declaration: false, allowImportingTsExtensions: false },
      ...{ rootDir: ROOT, outDir: folder, typeRoots: [join(ROOT, 'node_modules/@types')] },
    },
    files: [join(import.meta.dirname, 'child.ts')],
    include: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  await promisify(execFile)(process.execPath, [TSC, '-p', folder]);
  return { path: join(folder, 'test/runs/child.js'), remove: () => rm(folder, { recursive: true }) };
}

/** A running process of the tests. */
export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { cwd: tmpdir() });
    this.#process.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((done) => this.#process.on('close', done));
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** The next line that it says; undefined after the last. */
  async line(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    return done ? undefined : value;
  }

  /** Tells it something and gives the answer. */
  async ask(line: string): Promise<string | undefined> {
    this.#process.stdin.write(`${line}\n`);
    return this.line();
  }

  /** Ends it without a chance to do anything, and waits until it has ended. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  /** Waits until it has ended by itself. */
  async end(): Promise<void> {
    await this.#ended;
  }
}
