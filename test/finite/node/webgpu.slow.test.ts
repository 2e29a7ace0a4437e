/**
 * Programs on the WebGPU provider. Without a GPU they run on SwiftShader, a Vulkan device in software that Debian's package
 * chromium-common brings: its numbers are those of a device, its speed is not.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../bin/compiled.js';
import { decodeTensors } from '../../../src/runs/tensors/index.ts';
import { BuiltNexort, type Finished } from '../../cli/builtNexort.ts';
import { writeTinyModel } from '../../cli/tinyModel.ts';

const CHROMIUM = '/usr/lib/chromium';
const DEVICE = join(CHROMIUM, 'vk_swiftshader_icd.json');
/** Sums over parameters of products of f32 gradients, whose cancellation is mild here: a kernel against itself on the CPU. */
const KERNEL_TOLERANCE = 1e-4;

/** Runs Node where SwiftShader is the only device, or where there is none. */
function node(args: readonly string[], device: 'software' | 'none'): Promise<Finished> {
  const { VK_ICD_FILENAMES: _, LD_LIBRARY_PATH: __, ...inherited } = process.env;
  const env =
    device === 'none'
      ? { ...inherited, VK_ICD_FILENAMES: '/nonexistent' }
      : { ...inherited, VK_ICD_FILENAMES: DEVICE, LD_LIBRARY_PATH: CHROMIUM, XDG_RUNTIME_DIR: tmpdir() };
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, {
      env: { ...env, ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

describe.skipIf(!existsSync(DEVICE))('a GPU in software (needs the Debian package chromium-common)', () => {
  let built: BuiltNexort;
  let root: string;
  beforeAll(async () => {
    built = await BuiltNexort.build();
    root = await mkdtemp(join(tmpdir(), 'nexort-webgpu-'));
    await writeTinyModel(join(root, 'model'), 1, 2);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const nexort = (device: 'software' | 'none', ...args: readonly string[]): Promise<Finished> =>
    node([join(built.folder, 'bin/nexort.js'), ...args], device);

  it('gives what the suite of all interpreters allows, by programs and by steps', async () => {
    const folder = join(built.folder, 'rooms/webgpu');
    await bundle([resolve(import.meta.dirname, 'webgpuCases.ts')], folder, false);
    const { stdout, stderr } = await node([join(folder, 'webgpuCases.js')], 'software');
    expect(stdout, stderr).not.toBe('');
    const { verdicts } = JSON.parse(stdout) as { readonly verdicts: readonly [string, string, { share?: number }][] };
    expect(verdicts.length).toBeGreaterThan(40);
    // Below 1 an interpreter agrees; NaN does not.
    expect(verdicts.filter(([, , verdict]) => !((verdict.share ?? Number.NaN) < 1))).toEqual([]);
  });

  it('gives the kernels of the CPU, to the precision of 32 bits', async () => {
    const kernels = await Promise.all(
      ['cpu', 'webgpu'].map(async (device) => {
        const out = join(root, device);
        const ended = await nexort(
          ...(['software', 'kernel', '--model', join(root, 'model'), '--k', '2', '--seeds', '13'] as const),
          ...['--limit', '8', '--threads', '1', '--device', device, '--out', out],
        );
        expect(ended, ended.stderr).toMatchObject({ code: 0 });
        return decodeTensors(await readFile(join(out, 'kernels.safetensors')), out)['kernel.13'];
      }),
    );
    const [own, found] = kernels.map((kernel) => Float64Array.from(kernel?.data ?? []));
    const largest = Math.max(...(own ?? []).map(Math.abs));
    const off = Math.max(...(own ?? []).map((value, k) => Math.abs(value - (found?.[k] ?? Number.NaN))));
    expect(largest).toBeGreaterThan(0);
    expect(off / largest).toBeLessThan(KERNEL_TOLERANCE);
    expect(off).toBeGreaterThan(0);
  });

  it('is found by doctor, and by auto', async () => {
    const { findings } = JSON.parse((await nexort('software', 'doctor', '--json')).stdout);
    const gpu = findings.find(({ check }: { readonly check: string }) => check === 'gpu');
    expect(gpu).toMatchObject({ status: 'ok', found: expect.stringContaining('a product is right to') });
    const { code, stderr } = await nexort(
      ...(['software', 'transfer', '--widths', '8,16', '--rates', '2^-7..2^-5', '--steps', '2'] as const),
      ...['--seeds', '1', '--parametrizations', 'mup', '--device', 'auto'],
    );
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('its numbers are right') });
  });
});

describe('without a GPU', () => {
  it('--device webgpu says so and how to get one, --device auto goes on', async () => {
    const { folder } = await BuiltNexort.build();
    const bin = join(folder, 'bin/nexort.js');
    const train = ['train', '--data', 'xor', '--steps', '1', '--width', '4', '--threads', '1'];
    const refused = await node([bin, ...train, '--device', 'webgpu'], 'none');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /^error: there is no GPU that ONNX Runtime's WebGPU provider can use here: .*driver of Vulkan.*\n$/,
    );
    const auto = await node([bin, ...train, '--device', 'auto'], 'none');
    expect(auto.stderr).toContain('programs run on the CPU');
  });
});
