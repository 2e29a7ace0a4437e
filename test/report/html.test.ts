import { describe, expect, it } from 'vitest';
import { html, printable } from '../../src/report/html.ts';
import { only, parsePage } from './page.ts';

const HOSTILE = `</p></svg><script>alert(1)</script><img src=x onerror="a()"> & &quot; '"`;

describe('html', () => {
  it('escapes strings in text and in attributes, so that they come back as they were', () => {
    const page = parsePage(html`<p title="${HOSTILE}" lang='${"it's"}'>${HOSTILE}</p>`.text);
    const paragraph = only(page, 'p');
    expect(paragraph.textContent).toBe(HOSTILE);
    expect(paragraph.getAttribute('title')).toBe(HOSTILE);
    expect(paragraph.getAttribute('lang')).toBe("it's");
    expect([...page.querySelectorAll('script, img')]).toEqual([]);
  });

  it('inserts markup, joins lists and leaves undefined out', () => {
    expect(html`<ul>${[html`<li>${1}</li>`, undefined, ['<', html`<b></b>`]]}</ul>`.text).toBe(
      '<ul><li>1</li>&lt;<b></b></ul>',
    );
  });

  it('leaves backslashes of templates and values alone', () => {
    expect(html`a${'\\n'}`.text).toBe('a\\n');
  });

  it('replaces characters that a document may not hold', () => {
    expect(printable('a\u0000b\u001bc\u0085d\ud800e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
    expect(printable('tab\tline\n😀 עברית')).toBe('tab\tline\n😀 עברית');
  });
});
