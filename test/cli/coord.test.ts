import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CoordResult } from '../../src/experiments/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const SHORT = ['--widths', '64,128,256,512', '--seeds', '4', '--steps', '2'];

describe('nexort coord', () => {
  it('passes µP with Adam, and shows measured beside predicted exponents', async () => {
    const { code, stdout } = await nexort('coord', ...SHORT, '--seeds', '12');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mup with adam, widths 64, 128, 256, 512, 12 seeds each$/m);
    expect(stdout).toMatch(/^layer 2 +preactivation +−?0\.0\d \(0\) +−?0\.0\d \(≤ 0\)/m);
    expect(stdout).toMatch(/^ +update effect +−?0\.0\d \(0\) +−?0\.0\d \(≤ 0\)/m);
    expect(stdout).toMatch(/^PASS: every size is as predicted, and none grows\.$/m);
  });

  it('fails SP with Adam as one JSON object, naming layers that grow', async () => {
    const { code, stdout } = await nexort('coord', '--parametrization', 'sp', '--json', ...SHORT);
    expect(code).toBe(1);
    const result: CoordResult = JSON.parse(stdout);
    expect(result.verdict).toBe('fail');
    expect([...new Set(result.findings.map(({ layer }) => layer))]).toEqual(['layer 2', 'output']);
  });

  it('names the mistake of a network that is trained in another parametrization', async () => {
    const exponents = { a: [0, 0, 1], b: [0, '1/2', 0], c: [0, 0, 0], d: [1, 1, 1] };
    const folder = await temporaryFolder({ 'mine.json': exponents });
    const { code, stdout } = await nexort('coord', '--trained-in', join(folder, 'mine.json'), ...SHORT);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /layer 2: effect of update 1 on its product is of size n\^(0\.9|1\.0)\d, predicted n\^0\.00/,
    );
    expect(stdout).toContain('One mistake would explain this:\n  learning rate of w2: c is off by -1');
  });

  it.each([
    ['the hidden matrix', [0, 2, 0], 'layer 2', 'learning rate of w2: c is off by +1'],
    ['the readout', [0, 1, 1], 'output', 'learning rate of w3: c is off by +1'],
  ])('sees that %s does not learn, which its change hides', async (_, c, layer, cause) => {
    const exponents = { a: [0, 0, 1], b: [0, '1/2', 0], c, d: [1, 1, 1] };
    const folder = await temporaryFolder({ 'mine.json': exponents });
    const { code, stdout } = await nexort('coord', '--trained-in', join(folder, 'mine.json'), ...SHORT);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`It begins here:\n  ${layer}: effect of update 1 on its product is of size n\\^-(0\\.9|1\\.0)\\d`),
    );
    expect(stdout).toContain(`\n  ${cause}\n\nFAIL\n`);
  });

  it('accuses nobody where few seeds say little, and passes nobody either', async () => {
    const { code, stdout } = await nexort(...['coord', '--seeds', '2', '--widths', '64,128,256', '--seed', '300']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Of \d+ of 45 exponents \(\?\) the error is so large that a power of 1\/2 too many/m);
    expect(stdout).toMatch(/^ {2}output: preactivation .* is of size n\^\(-?\d\.\d\d ± \d\.\d\d\), predicted/m);
    expect(stdout).toMatch(
      /^UNCLEAR: nothing contradicts the prediction, .* give more --seeds, or more --widths, further apart\.$/m,
    );
    expect(stdout).not.toContain('would explain');
  });

  it('finds the mistake of a recurrent network by training with it, and where it begins', async () => {
    const folder = await temporaryFolder({
      'mine.json': {
        out: 1,
        matrix: { a: 0, b: '1/2', c: 0, d: 1 },
        vector: { a: 0, b: 0, c: 0, d: 1 },
        scalar: { a: 0, b: 0, c: 0, d: 0 },
      },
    });
    const { code, stdout } = await nexort('coord', '--net', 'rnn', '--trained-in', join(folder, 'mine.json'), ...SHORT);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^It begins here:\n {2}step 2: effect of update 1 on its product is of size n\^(0\.9|1\.0)\d, predicted n\^0\.00$/m,
    );
    expect(stdout).toContain('One mistake would explain this:\n  learning rate of w: c is off by -1\n');
  });

  it('tells and draws networks that diverge', async () => {
    const folder = await temporaryFolder({});
    const [plot, report] = [join(folder, 'sizes.svg'), join(folder, 'coord.html')];
    const { code, stdout } = await nexort(
      ...['coord', '--widths', '16,32,64', '--seeds', '1', '--steps', '2', '--learning-rate', '1e30'],
      ...['--plot', plot, '--report', report],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^mup with adam, widths 16, 32, 64, 1 seed each$/m);
    expect(stdout).toMatch(/is not finite, predicted/);
    for (const file of [plot, report]) {
      const text = await readFile(file, 'utf8');
      expect(text).toContain('lines with sizes that are not finite are left out');
      expect(text).not.toMatch(/NaN|Infinity/);
    }
  });

  it('predicts with an ε that is given as the classification with it does', async () => {
    const own = { a: 0, b: 0, c: 0, d: 0 };
    const folder = await temporaryFolder({
      'mine.json': { out: 1, matrix: { ...own, b: '1/2', c: 1 }, vector: own, scalar: own },
    });
    const options = ['--parametrization', join(folder, 'mine.json'), ...SHORT, '--json'];
    const changes = async (optimizer: string): Promise<(number | undefined)[]> => {
      const { stdout } = await nexort('coord', '--optimizer', optimizer, ...options);
      const { measured }: CoordResult = JSON.parse(stdout);
      return measured.filter((one) => one.quantity === 'change' && one.step === 1).map((one) => one.predicted);
    };
    expect(await changes('adam:epsilon=0.1')).toEqual([-1, -1, -1]);
    expect(await changes('adam:epsilon=0')).toEqual([0, 0, 0]);
  });

  it.each([
    [
      ['--net', 'cnm'],
      'there is no network "cnm" to check; expected one of: mlp, residual-mlp, cnn, cnn2d, rnn, gru, transformer, transformer-tied, gpt2, llama.',
    ],
    [['--activation', 'rely'], 'there is no function "rely" of one variable. Did you mean "relu"?'],
    [['--net', 'gru', '--depth', '3'], '--depth has no effect: --net gru has one layer'],
    [['--net', 'transformer', '--input', '3'], '--input has no effect: --net transformer reads texts'],
    [
      ['--net', 'transformer', '--widths', '31,64,129'],
      '--widths 31,129 cannot be shared by 2 attention heads; expected multiples of 2. Give --widths 30,64,128.',
    ],
    [['--widths', '64,128,100000'], 'at width 100000, "w2" has 100000 × 100000 entries and a run takes about '],
    [
      ['--memory', '40MB'],
      'at width 1024, "w2" has 1024 × 1024 entries and a run takes about 0.05 GB, more than the 0.04 GB',
    ],
    [['--optimizer', 'adm'], 'adam'],
    [['--learning-rate', '0'], 'Give'],
    [['--widths', '64,128'], 'at least 3'],
    [['--seed', '1000000000'], 'whole numbers from 0 to 536870911, but 1000000000 would be one of them'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await nexort('coord', ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
