/** The phase diagram in Chromium. */

import { expect, it } from 'vitest';
import { exportsOf } from './exported.ts';
import { inStudio } from './inStudio.ts';

inStudio('the phase page', (open) => {
  it('classifies what is typed, dragged and moved by keys, and opens its limit', async () => {
    const { page, messages } = await open('#phase?v=1');
    const verdict = page.locator('.verdict h2');
    expect(await verdict.innerText()).toBe('Feature learning, r = 0');
    // Typed: a rate of order 1 for all layers grows with the width.
    await page.getByLabel('c of layers between').fill('0');
    expect(await verdict.innerText()).toMatch(/^Unstable/);
    expect(await page.locator('.verdict li').count()).toBeGreaterThan(0);
    expect(page.url()).toContain('c=0,0,0');
    await page.getByLabel('c of layers between').fill('1/x');
    expect(await page.locator('fieldset .error').innerText()).toContain('1/x');
    expect(await page.locator('.verdict').count()).toBe(0);
    await page.locator('select#named').selectOption('ntp');
    expect(await verdict.innerText()).toBe('Operator, r = 1/2');
    // Places say what they are, and where it is stated.
    await page.locator('.draggable svg circle').last().hover();
    expect(await page.locator('.draggable [aria-label="tip"]').innerHTML()).toMatch(
      /x = 0\.5 \(IVb 2\.8\), r = 0\.5 \(IVb 2\.8\)/,
    );
    // By keys an eighth to the right: below the line nothing of f moves by order 1.
    await page.locator('.draggable').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByLabel('a of the readout').inputValue()).toBe('5/8');
    // Dragged to the place of features that learn.
    const box = (await page.locator('.draggable svg').boundingBox()) ?? expect.fail('no figure');
    const at = (x: number, r: number): [number, number] => [
      box.x + 52 + ((x - 0.25) / 1.25) * (box.width - 68),
      box.y + box.height - 44 - ((r + 0.5) / 1.5) * (box.height - 70),
    ];
    await page.mouse.move(...at(0.7, 0.6));
    await page.mouse.down();
    await page.mouse.move(...at(0.9, 0.2));
    await page.mouse.move(...at(1.01, 0.02));
    await page.mouse.up();
    expect(await verdict.innerText()).toBe('Feature learning, r = 0');
    await page.getByRole('link', { name: 'Open its limit' }).click();
    await page.locator('h1:has-text("See a network become its limit")').waitFor();
    expect(page.url()).toContain('#limit?v=1');
    await page.goBack();
    await page.locator('.verdict').waitFor();
    expect(messages).toEqual([]);
  });

  it('measures exponents on demand, beside those that are predicted', async () => {
    const { page, messages } = await open('#phase?v=1&depth=4');
    const button = page.getByRole('button', { name: 'Measure the exponents' });
    await button.click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel('Hidden layers').fill('1');
    await page.getByLabel('Optimizer, or your own Q').fill('sgd');
    await button.click();
    await page.locator('.measured-table').waitFor({ timeout: 60_000 });
    expect(await page.locator('.measured > p').first().innerText()).toMatch(
      /^Features move by n\^\(−r\) with r = -?0\.\d\d \(95 %: .*\); predicted is 0\.$/,
    );
    expect(await page.locator('.measured-table tbody th').allInnerTexts()).toEqual(['layer 1', 'output']);
    expect(await page.locator('.measured-table td').first().getAttribute('title')).toMatch(
      /, predicted .*\(IVb 2\.8\): /,
    );
    // All of it by one menu; the JSON brings it back.
    const taken = await exportsOf(page);
    const text = async (name: string): Promise<string> => String(await taken(name));
    expect(await text('commands.sh')).toMatch(
      /^nexort classify --parametrization mine\.json --depth 1 --optimizer sgd\nnexort coord .* --learning-rate 0\.1\nnexort studio --export page\.html --link '#phase/,
    );
    expect(await text('classify.ts')).toContain("from 'nexort/parametrizations'");
    expect(await text('measure.ts')).toContain('coordinateCheck');
    const saved = await text('phase.json');
    const { verdict, measured, link } = JSON.parse(saved);
    expect([verdict.regime, verdict.layers.length, measured.widths]).toEqual([
      'feature learning',
      2,
      [32, 64, 128, 256],
    ]);
    expect((await text('measured.csv')).split('\n')[1]).toContain(String(measured.measured[0].exponent));
    expect(await text('verdict.csv')).toContain('\nstable,true\n');
    expect(await text('phase.svg')).toContain('features learn');
    expect((await taken('phase.png')).subarray(1, 4).toString()).toBe('PNG');
    const picker = page.locator('.open-file input');
    await picker.setInputFiles({ name: 'no.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await expect
      .poll(() => page.locator('.told').innerText())
      .toMatch(/^no\.json: It has no “link”; expected phase\.json/);
    await page.keyboard.press('Escape');
    await page.locator('select#named').selectOption('ntp');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await picker.setInputFiles({ name: 'phase.json', mimeType: 'application/json', buffer: Buffer.from(saved) });
    await expect.poll(() => new URL(page.url()).hash).toBe(link);
    await page.keyboard.press('Escape');
    // Of other exponents nothing is measured.
    await page.getByLabel('c of the readout').fill('1');
    await button.waitFor();
    expect(await page.locator('.measured-table').count()).toBe(0);
    expect(messages).toEqual([]);
  });

  it('lights the part of a formula that is typed into, and what a word means', async () => {
    const { page } = await open('#phase?v=1');
    await page.getByLabel('d of the readout').focus();
    expect(await page.locator('.exponents-formula .formula[data-lit="d"] .part-d').count()).toBe(1);
    await page.locator('.facts dt:text-is("stable")').hover();
    expect(await page.locator('.definitions .lit dt').innerText()).toMatch(/^stable/);
  });

  it('fits a phone, labels apart from each other', async () => {
    const { page } = await open('#phase?v=1', { viewport: { width: 390, height: 844 } });
    await page.locator('.draggable svg text').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const overlaps = await page.locator('.draggable svg').evaluate((svg) => {
      const all = [...svg.querySelectorAll('text')].filter((text) => text.textContent !== '');
      const boxes = all.map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
      return boxes.flatMap(({ text, box }, k) =>
        boxes
          .slice(k + 1)
          .filter(
            ({ box: other }) =>
              box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
          )
          .map((other) => `${text} | ${other.text}`),
      );
    });
    expect(overlaps).toEqual([]);
  });
});
