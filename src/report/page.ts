/** The page around every report. */

import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** Lets a page show itself and nothing else, so that opening a report never reaches the network. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** One HTML file that needs neither network nor scripts. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.text;
}

/** What to beware of. */
export function warningBox(warnings: readonly string[]): Html | undefined {
  if (warnings.length === 0) return undefined;
  return html`<div class="warnings" role="note" aria-labelledby="warnings">
<h2 id="warnings">Read with care</h2>
<ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
</div>`;
}

/** A figure no larger than it was drawn, with words below it. */
export function drawn(figure: Html, caption: string | Html): Html {
  const width = /viewBox="0 0 ([\d.]+) /.exec(figure.text)?.[1];
  const limit = width === undefined ? '' : `max-width: ${width}px; `;
  return html`<figure style="${limit}margin-bottom: 1.75rem">${figure}<figcaption>${caption}</figcaption></figure>`;
}
