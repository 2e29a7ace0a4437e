/** Search in the page: the index is loaded when the field is entered first. */

import MiniSearch from 'minisearch';

const root = document.querySelector('script[data-root]')?.getAttribute('data-root') ?? '';
const query = document.getElementById('query');
const found = document.getElementById('found');
let index;

async function load() {
  index ??= fetch(`${root}assets/search.json`)
    .then((response) => response.text())
    .then((text) => MiniSearch.loadJSON(text, { fields: ['title', 'text'], storeFields: ['title', 'path', 'page'] }));
  return await index;
}

async function show() {
  const text = query.value.trim();
  const hits =
    text === '' ? [] : (await load()).search(text, { prefix: true, fuzzy: 0.2, boost: { title: 4 } }).slice(0, 12);
  if (query.value.trim() !== text) return;
  found.hidden = text === '';
  found.replaceChildren(
    ...(hits.length === 0
      ? [Object.assign(document.createElement('li'), { textContent: 'Nothing found' })]
      : hits.map(item)),
  );
}

function item({ title, page, path }) {
  const link = Object.assign(document.createElement('a'), { href: root + path, textContent: title });
  link.append(Object.assign(document.createElement('small'), { textContent: ` ${page}` }));
  const line = document.createElement('li');
  line.append(link);
  return line;
}

query.addEventListener('focus', load, { once: true });
query.addEventListener('input', show);
// Pages open on wide screens; on a telephone the list would stand before the page.
if (matchMedia('(max-width: 60rem)').matches) document.querySelector('nav details').open = false;
