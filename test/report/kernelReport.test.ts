import { describe, expect, it } from 'vitest';
import { type KernelReportData, kernelReport } from '../../src/report/index.ts';
import { failureOf } from '../support/failure.ts';
import { only, type PageElement, parsePage, sectionOf, tableOf, texts } from './page.ts';
import { methodScore, sampleData } from './sample.ts';

const SIX = ['description', 'entity', 'abbreviation', 'human', 'location', 'numeric'];

/** Runs at the edges of what a report may be asked to show. */
const EXTREMES: readonly (readonly [string, KernelReportData])[] = [
  ['six classes, five draws', sampleData({ labels: SIX, seeds: [13, 21, 42, 87, 100], evaluated: 500 })],
  ['one draw of one example a class', sampleData({ shots: 1, seeds: [13] })],
  ['classes of one example', sampleData({ labels: SIX, trainLabels: [5, 5, 5, 5, 5, 5, 0, 1, 2, 3, 4], seeds: [1] })],
  ['a class without examples', sampleData({ labels: ['a', 'b', 'c'], trainLabels: [2, 0, 2, 0], seeds: [1] })],
  ['equal scores', withScores([0.5, 0.5, 0.5])],
  ['scores of 0 and 1', withScores([0, 1, 0])],
  ['a kernel of zeros', withKernel(() => 0)],
  ['a constant kernel', withKernel(() => 2.5)],
  ['a kernel with an entry that is not a number', withKernel((k) => (k === 1 ? Number.NaN : 1 / (1 + k)))],
  ['no draws', withoutDraws()],
  ['no names and no texts', sampleData({ labels: ['', ''], shots: 2, seeds: [1] })],
];

function withScores(values: readonly number[]): KernelReportData {
  const data = sampleData({ shots: 2 });
  return {
    ...data,
    scores:
      values.length === 0 ? [] : [...data.scores.slice(0, 1), methodScore('SGD kernel', values, data.labelCounts, 3)],
  };
}

function withoutDraws(): KernelReportData {
  const data = sampleData({ shots: 1, seeds: [1] });
  return { ...data, seeds: [], scores: data.scores.slice(0, 1), kernel: { ...data.kernel, draws: [] } };
}

function withKernel(entry: (place: number) => number): KernelReportData {
  const data = sampleData({ shots: 2, seeds: [1] });
  const draws = data.kernel.draws.map((draw) => ({
    ...draw,
    kernel: Array.from(draw.kernel, (_, k) => entry(k)),
    eigenvalues: Array.from(draw.eigenvalues, (_, k) => entry(k)),
  }));
  return { ...data, kernel: { ...data.kernel, draws } };
}

/** Every attribute of a page, as `element name value`. */
function attributesOf(
  page: PageElement,
): { readonly element: string; readonly name: string; readonly value: string }[] {
  return [...page.querySelectorAll('*')].flatMap((element) =>
    [...element.attributes].map(({ name, value }) => ({ element: element.tagName, name, value })),
  );
}

describe('kernelReport', () => {
  const data = sampleData();
  const text = kernelReport(data);
  const page = parsePage(text);

  it('begins with the result in words', () => {
    expect(texts(page, 'title')).toContain('invented: kernel run of nexort');
    expect(texts(page, 'h1')).toEqual(['invented: accuracy from 16 examples per class']);
    const [zeroShot, kernel] = data.scores;
    const [mean = 0, std = 0, base = 0] = [kernel?.mean, kernel?.std, zeroShot?.mean].map(
      (share) => 100 * (share ?? 0),
    );
    expect(texts(page, '.lead')).toEqual([
      `The SGD kernel reaches ${mean.toFixed(1)}% accuracy, with a standard deviation of ${std.toFixed(1)} points over ` +
        `3 draws: ${(mean - base).toFixed(1)} points above zero-shot (${base.toFixed(1)}%).`,
    ]);
    expect(texts(page, '.cards li')).toEqual([
      'zero-shot 65.0% the same for all draws',
      `SGD kernel ${mean.toFixed(1)}% ± ${std.toFixed(1)} points over 3 draws`,
      'chance 50.0% best constant answer',
    ]);
    expect(texts(page, '.warnings')).toEqual([]);
  });

  it('has sections in order, each named by its heading', () => {
    const ids = ['scores', 'kernel', 'spectrum', 'predictions', 'doubts', 'solvers', 'run'];
    expect([...page.querySelectorAll('section')].map((section) => section.getAttribute('aria-labelledby'))).toEqual(
      ids,
    );
    expect(ids.map((id) => texts(sectionOf(page, id), `h2#${id}`)[0])).toEqual([
      'Accuracy by method',
      'The kernel, ordered by class',
      'Spectrum and alignment',
      'Predictions',
      'Training labels in doubt',
      'Solver',
      'The run',
    ]);
  });

  it('has the scores by seed with mean and standard deviation', () => {
    const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
    const kernel = data.scores[1] ?? expect.fail('no kernel');
    expect(
      tableOf(
        page,
        'Accuracy on 872 examples. One value for zero-shot: all draws share it. The interval (Wilson) is for the choice of these examples, not of the draws.',
      ),
    ).toEqual([
      ['seed', 'zero-shot', 'SGD kernel'],
      ...kernel.values.map((value, k) => [`${data.seeds[k]}`, '65.0%', percent(value)]),
      ['mean', '65.0%', percent(kernel.mean)],
      ['standard deviation, points', '–', (100 * kernel.std).toFixed(1)],
      // Wilson's, of 65.0 % and of the kernel's mean on 872 examples.
      ['95 % interval of the mean', '61.8% to 68.1%', '74.3% to 79.9%'],
    ]);
    expect(texts(sectionOf(page, 'scores'), 'figcaption').join()).toContain(
      'the shaded error bar one sample standard deviation to each side: the spread between draws',
    );
  });

  it('has the predictions by label', () => {
    const zeroShot = tableOf(page, 'zero-shot, the same for all draws');
    const rows = data.scores[0]?.confusion ?? [];
    expect(zeroShot).toEqual([
      ['label', 'negative', 'positive', 'right'],
      ['negative', `${rows[0]?.[0]}`, `${rows[0]?.[1]}`, `${((100 * (rows[0]?.[0] ?? 0)) / 436).toFixed(1)}%`],
      ['positive', `${rows[1]?.[0]}`, `${rows[1]?.[1]}`, `${((100 * (rows[1]?.[1] ?? 0)) / 436).toFixed(1)}%`],
    ]);
    expect(tableOf(page, 'SGD kernel, 3 draws')[1]?.[1]).toMatch(/^1,0\d\d$/);
  });

  it('marks the solver chosen for each draw among the candidates', () => {
    expect(tableOf(page, 'Solver chosen')).toEqual([
      ['seed', 'solver', 'dev score'],
      ['13', 'ridge 0.001', '80.0%'],
      ['21', 'ridge 0.001', '80.0%'],
      ['42', 'minimum norm', '80.0%'],
    ]);
    const [head, ...rows] = tableOf(page, 'Score on the dev examples by draw');
    expect(head).toEqual(['solver', 'seed 13', 'seed 21', 'seed 42']);
    data.kernel.draws.forEach(({ solver }, k) => {
      const marked = rows.filter((row) => row[k + 1]?.startsWith('✓')).map(([name]) => name);
      expect(marked).toEqual([solver?.chosen]);
      solver?.candidates.forEach(({ score }, place) => {
        expect(rows[place]?.[k + 1]?.replace('✓ ', '')).toBe(`${(100 * score).toFixed(1)}%`);
      });
    });
  });

  it('says that a solver was set beforehand when there are no scores on dev examples', () => {
    const fixed = data.kernel.draws.map((draw, k) => ({
      ...draw,
      solver: { chosen: 'minimum norm', candidates: k === 0 ? [] : [{ name: 'minimum norm', score: Number.NaN }] },
    }));
    const section = sectionOf(
      parsePage(kernelReport({ ...data, kernel: { ...data.kernel, draws: fixed } })),
      'solvers',
    );
    expect(texts(section, 'p')).toEqual(['Set before the run, without a look at the dev examples: minimum norm.']);
  });

  it('has settings, parameters, cost and environment in units for people', () => {
    const run = sectionOf(page, 'run');
    expect(tableOf(run, 'Task')).toEqual([
      ['task', 'invented'],
      ['prompt', '{a}_It was{m}.'],
      ['label words', 'negative → word of negativepositive → word of positive'],
      ['examples per class', '16'],
      ['seeds of the draws', '13, 21, 42'],
      ['evaluated', '872 examples: 436 negative, 436 positive'],
      ['cut texts', '3 texts were too long; 41 tokens cut, the prompt kept'],
    ]);
    expect(tableOf(run, 'Model and parameters').slice(0, 3)).toEqual([
      ['model', 'tiny-mlm (embedded)'],
      ['parameters', 'all'],
      ['numbers in them', '4,385,920 in 39 tensors'],
    ]);
    expect(tableOf(run, 'Model and parameters')[3]?.join()).toBe(
      'gradient 0,2 tensors: softmax does not see the bias of the keys.layer.0.key.biaslayer.1.key.bias',
    );
    expect(tableOf(run, 'Cost')).toEqual([
      ['wall time', '2 min 5 s; forecast 1 min 58 s'],
      ['peak memory', '1.3 GiB; forecast 1.5 GiB, of which 86.2% were used'],
      ['gradients', '968, one for each example and output'],
    ]);
    expect(tableOf(run, 'Settings')[1]).toEqual(['memory', 'half of free memory']);
    expect(tableOf(run, 'Versions and environment')[1]).toEqual(['onnxruntime-node', '1.30.0']);
  });

  it('has the training examples of each draw, and means over them that agree', () => {
    const details = [...sectionOf(page, 'kernel').querySelectorAll('details')];
    expect(details.map((one) => texts(one, 'summary')[0])).toEqual(
      data.seeds.map((seed) => `Draw ${seed}: means by class, and its 32 training examples`),
    );
    const [first = expect.fail('no tables')] = details;
    const examples = tableOf(first, 'Training examples').slice(1);
    expect(examples).toHaveLength(32);
    expect(examples[20]?.slice(0, 3)).toEqual(['21', 'positive', data.kernel.draws[0]?.texts[20]]);
    const centered = tableOf(first, 'Centered, then normalized');
    const ofNegative = examples.slice(0, 16).map((row) => Number(row[5]?.replace('−', '-')));
    const mean = ofNegative.reduce((sum, value) => sum + value, 0) / 16;
    // Two roundings to two decimals.
    expect(Math.abs(mean - Number(centered[1]?.[2]?.replace('−', '-')))).toBeLessThan(0.0101);
  });

  it('names every figure and frame in words, and tables by captions', () => {
    const figures = [...page.querySelectorAll('svg')];
    expect(figures).toHaveLength(1 + 2 + 2 * 3 + 1);
    for (const figure of figures) {
      expect(figure.getAttribute('role')).toBe('img');
      expect(figure.getAttribute('aria-label')?.length).toBeGreaterThan(20);
    }
    for (const table of page.querySelectorAll('table')) expect(only(table, 'caption').textContent).not.toBe('');
    for (const frame of page.querySelectorAll('.scroll')) expect(frame.getAttribute('aria-label')).not.toBe('');
    expect(only(page, 'html').getAttribute('lang')).toBe('en');
  });

  it('has identifiers once each', () => {
    const ids = attributesOf(page).flatMap(({ name, value }) => (name === 'id' ? [value] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is the same for equal data, and has a date only if one is given', () => {
    expect(kernelReport(structuredClone(data))).toBe(text);
    expect(text).not.toMatch(/\b20\d\d-\d\d/);
    const dated = parsePage(kernelReport({ ...data, created: '2026-03-01 12:00 UTC' }));
    expect(texts(dated, '.eyebrow')).toEqual(['nexort kernel run · 2026-03-01 12:00 UTC']);
  });

  it('needs no network and no scripts', () => {
    expect(text).not.toMatch(/https?:|url\(|@import|src="\/\//);
    expect([...page.querySelectorAll('script, iframe, object, embed, img, form')]).toEqual([]);
    const links = attributesOf(page).filter(({ name }) => ['href', 'src', 'xlink:href'].includes(name));
    expect(links.every(({ value }) => value.startsWith('data:'))).toBe(true);
    expect(attributesOf(page).filter(({ name }) => name.startsWith('on'))).toEqual([]);
    expect(only(page, 'meta[http-equiv="Content-Security-Policy"]').getAttribute('content')).toBe(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    );
  });

  it('follows the preference for light or dark, and fits phones and paper', () => {
    const style = only(page, 'style').textContent;
    expect(style).toContain('@media screen and (prefers-color-scheme: dark)');
    expect(style).toContain('@media print');
    expect(only(page, 'meta[name="viewport"]').getAttribute('content')).toContain('width=device-width');
    expect([...page.querySelectorAll('.only-light image')]).toHaveLength(8);
    expect([...page.querySelectorAll('.only-dark image')]).toHaveLength(8);
  });

  it('shows warnings of the caller, and its own about scores and kernels', () => {
    const flat = withScores([0.5, 0.52, 0.5]);
    const [draw] = flat.kernel.draws;
    const zeros =
      draw === undefined ? [] : [{ ...draw, kernel: Array.from(draw.kernel, (_, k) => (k === 5 ? Number.NaN : 0)) }];
    const warned = kernelReport({ ...flat, kernel: { ...flat.kernel, draws: zeros }, warnings: ['Look out.'] });
    const [first, second, third, fourth] = texts(parsePage(warned), '.warnings li');
    expect(first).toBe('Look out.');
    expect(second).toBe('In draw 13, 1 kernel entry is not a finite number.');
    expect(third).toBe(
      'In draw 13, 3 training examples have K[i, i] = 0, so that their normalized kernel is not defined.',
    );
    expect(fourth).toMatch(/^SGD kernel is at chance: its accuracy of 50\.7% is within two standard errors/);
  });

  it('refuses data that do not fit together, with everything that does not', async () => {
    const [draw = expect.fail('no draw')] = data.kernel.draws;
    const solver = { chosen: 'other', candidates: [{ name: 'ridge', score: 1 }] };
    const broken = {
      ...data,
      evaluated: 100,
      scores: [{ name: 'SGD kernel', values: [1, 2], mean: 1.5, std: 0.5, confusion: [[1], [2]] }],
      kernel: { ...data.kernel, draws: [{ ...draw, labels: [0, 2], solver }] },
    };
    const error = await failureOf(() => kernelReport(broken));
    expect(error.code).toBe('report.inconsistent-data');
    expect(error.kind).toBe('invariant');
    expect(error.message).toBe(
      'The data of a report do not fit together:\n' +
        '  - sum of the label counts: given 872, expected 100\n' +
        '  - scores of "SGD kernel": given 2, expected 3\n' +
        '  - columns of the confusion table of "SGD kernel": given 1, expected 2\n' +
        '  - columns of the confusion table of "SGD kernel": given 1, expected 2\n' +
        '  - texts of draw 13: given 32, expected 2\n' +
        '  - kernel entries of draw 13: given 1024, expected 4\n' +
        '  - eigenvalues of draw 13: given 32, expected 2\n' +
        '  - labels of draw 13: given 2, known 0 to 1\n' +
        '  - doubts of draw 13: given 32, expected 2\n' +
        '  - solver of draw 13: "other" is not one of its candidates\n' +
        ' This is a bug in nexort, not in your input; please report it.',
    );
  });
});

describe('texts of the data', () => {
  const HOSTILE = `</title></style></svg><script>alert(1)</script><img src=x onerror="alert(2)"> & &quot; '"\u0000\u202e`;

  /** The data with every string of theirs replaced. */
  function hostile<Value>(value: Value): Value {
    if (typeof value === 'string') return HOSTILE as Value;
    if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(hostile) as Value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, hostile(entry)])) as Value;
  }

  const data = {
    ...hostile({ ...sampleData({ shots: 2 }), warnings: ['w'], created: 'now' }),
    metric: 'accuracy',
  } as const;
  const text = kernelReport(data);
  const page = parsePage(text);

  it('are shown as they are and never become markup', () => {
    const shown = HOSTILE.replace('\u0000', '\ufffd');
    expect([...page.querySelectorAll('script, img')]).toEqual([]);
    expect(text).not.toMatch(/<script|<img|<\/style>[^<]*<script/i);
    expect(attributesOf(page).filter(({ name }) => name.startsWith('on'))).toEqual([]);
    expect(only(page, 'head title').textContent).toBe(`${shown}: kernel run of nexort`);
    expect(only(page, 'h1 bdi').textContent).toBe(shown);
    expect(only(page, '.warnings li:first-child').textContent).toBe(shown);
    expect([...page.querySelectorAll('svg .rows title')].every((title) => title.textContent.includes(shown))).toBe(
      true,
    );
    const examples = [...page.querySelectorAll('td.text bdi')].map(({ textContent }) => textContent);
    expect(new Set(examples)).toEqual(new Set([shown]));
    for (const { element, name, value } of attributesOf(page)) {
      if (element.toLowerCase() === 'svg' && name === 'aria-label' && /^(Heat|Eigen)/.test(value)) {
        expect(value).toContain(shown);
      }
    }
  });

  it('leave the structure of the page alone', () => {
    const tame = parsePage(kernelReport({ ...sampleData({ shots: 2 }), warnings: ['w'], created: 'now' }));
    const tags = (of: PageElement) =>
      [...of.querySelectorAll('h1, h2, h3, section, table, svg, details, style')].map((one) => one.tagName);
    // Names that are all the same share a row of the table of solvers, which changes no tags here.
    expect(tags(page)).toEqual(tags(tame));
  });
});

describe('extremes', () => {
  it.each(EXTREMES)('%s', (_, extreme) => {
    const text = kernelReport(extreme);
    const page = parsePage(text);
    expect(texts(page, 'h1')).toHaveLength(1);
    const broken = attributesOf(page).filter(
      ({ name, value }) => /NaN|Infinity|undefined/.test(value) && name !== 'aria-label',
    );
    expect(broken).toEqual([]);
    expect(texts(page, 'body').join()).not.toMatch(/NaN|Infinity|undefined/);
    expect([...page.querySelectorAll('svg')].length).toBe(
      extreme.kernel.draws.length === 0 ? 1 : 4 + 2 * extreme.kernel.draws.length,
    );
  });

  it('stays small', () => {
    const [, largest] = EXTREMES[0] ?? expect.fail('no extreme');
    expect(largest.kernel.draws.map((draw) => draw.labels.length)).toEqual([96, 96, 96, 96, 96]);
    expect(kernelReport(largest).length).toBeLessThan(1e6);
    expect(kernelReport(sampleData()).length).toBeLessThan(2e5);
  });
});

describe('labels in doubt', () => {
  const data = sampleData({ shots: 4, seeds: [12, 13] });
  const page = parsePage(kernelReport(data));

  it('are ranked by draw, the worst first, the rest folded', () => {
    const section = page.querySelector('section[aria-labelledby=doubts]');
    const tables = [...(section?.querySelectorAll('table') ?? [])];
    expect(tables.map((table) => [...table.querySelectorAll('tbody tr')].length)).toEqual([5, 3, 5, 3]);
    expect([...(section?.querySelectorAll('details') ?? [])]).toHaveLength(2);
    const [draw] = data.kernel.draws;
    const doubts = draw?.doubts?.doubts ?? [];
    const worst = doubts.indexOf(Math.max(...doubts));
    expect(tables[0]?.querySelector('tbody tr')?.textContent).toContain(draw?.texts[worst]);
  });

  it('say where a fit has seen the labels', () => {
    expect(texts(page, 'section[aria-labelledby=doubts] p').join()).toMatch(
      /In 1 draw \(12\) the solver gives no such fit/,
    );
  });
});
