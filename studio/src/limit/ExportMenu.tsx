/** Everything that the page hands out, in one menu. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { fileName, pngOf, saveFile, sheetOf } from '../figure/save.ts';
import { dataFile, limitCommand } from '../problem/command.ts';
import { nameOf } from '../problem/nameOf.ts';
import type { PageSpec } from '../problem/spec.ts';
import { textPool } from '../work/pools.ts';
import { limitLink } from './link.ts';
import { openResult } from './opened.ts';
import type { LimitSession } from './session.ts';
import { lossTable, outputTable, resultJson } from './tables.ts';
import { shownWidths } from './wanted.ts';

interface Item {
  readonly name: string;
  readonly save: () => void | Promise<void>;
}

export function ExportMenu({ session }: { readonly session: LimitSession }) {
  const spec = session.spec.value;
  const [isOpen, open] = useState(false);
  const [told, tell] = useState('');
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const away = ({ target }: Event): void => {
      if (!(target instanceof Node) || menu.current?.contains(target) !== true) open(false);
    };
    const close = ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape') return;
      open(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('focusin', away);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
      document.removeEventListener('keydown', close);
    };
  }, [isOpen]);
  const take = async ({ name, save }: Item): Promise<void> => {
    try {
      await save();
      tell(`${name}: done.`);
    } catch (error) {
      tell(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <div class="menu" ref={menu} data-tour="export">
      <button
        type="button"
        ref={button}
        aria-expanded={isOpen}
        aria-controls="exports"
        disabled={spec === undefined}
        onClick={() => open(!isOpen)}
      >
        Export
      </button>
      {isOpen && spec !== undefined ? (
        <fieldset id="exports" class="menu-items" aria-label="Exports">
          {itemsOf(session, spec).map((item) => (
            <button key={item.name} type="button" onClick={() => void take(item)}>
              {item.name}
            </button>
          ))}
          <label class="open-file">
            Open a JSON result
            <input
              type="file"
              accept=".json,application/json"
              onChange={({ currentTarget }) => {
                const file = currentTarget.files?.[0];
                if (file !== undefined) void openResult(file, session);
                currentTarget.value = '';
              }}
            />
          </label>
          <p class="told" role="status">
            {told}
          </p>
        </fieldset>
      ) : null}
    </div>
  );
}

function itemsOf(session: LimitSession, spec: PageSpec): readonly Item[] {
  const widths = [...shownWidths(spec)].sort((a, b) => a - b);
  const sides = spec.sides.map((side) => ({ side, name: nameOf(side.parametrization) }));
  const link = limitLink(session);
  const sheet = (): SVGSVGElement => {
    const shown = document.querySelector('.sides');
    if (shown === null) throw new Error('There is no figure.');
    return sheetOf(shown);
  };
  const text = (what: string, name: string, type: string, of: () => string): Item => ({
    name: `${what}: ${name}`,
    save: () => saveFile(name, type, of()),
  });
  const script = (kind: 'ts' | 'nex'): Item[] =>
    sides.map(({ side, name }) => {
      const file = `${kind === 'ts' ? 'limit' : 'step'}-${fileName(side.parametrization)}.${kind}`;
      return {
        name: `${kind === 'ts' ? 'TypeScript of the limit' : 'Program of an update'}, ${name}: ${file}`,
        save: async () => {
          const job = { kind: kind === 'ts' ? 'script' : 'program', spec: side } as const;
          saveFile(file, 'text/plain', await textPool().run('text', job).result);
        },
      };
    });
  const commands = [
    ...spec.sides.map((side) => limitCommand(side, widths, spec.seeds)),
    `nexort studio --export page.html --link '${link.replaceAll("'", '%27')}'`,
  ].join('\n');
  return [
    { name: 'Copy the link', save: () => copied(new URL(link, location.href).href) },
    text('Command lines', 'commands.sh', 'text/x-shellscript', () => `${commands}\n`),
    text('Data of the command lines', 'points.csv', 'text/csv', () => dataFile(spec.sides[0])),
    ...script('ts'),
    ...script('nex'),
    text('Results, and the view', 'limit.json', 'application/json', () => resultJson(session, spec)),
    text('Outputs after the last update', 'outputs.csv', 'text/csv', () => outputTable(session, spec)),
    text('Losses by update', 'losses.csv', 'text/csv', () => lossTable(session, spec)),
    text('All figures', 'figures.svg', 'image/svg+xml', () => sheet().outerHTML),
    { name: 'All figures: figures.png', save: async () => saveFile('figures.png', 'image/png', await pngOf(sheet())) },
  ];
}

async function copied(address: string): Promise<void> {
  if (!('clipboard' in navigator)) throw new Error('this browser lets the page copy nothing; the address bar has it.');
  await navigator.clipboard.writeText(address);
}
