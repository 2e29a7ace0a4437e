/** Everything that a page hands out, in one menu; what it is made of is loaded when the menu is opened. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../problem/read.ts';
import type { Export } from './exports.ts';

export interface ExportMenuProps {
  /** Gives what there is to hand out now, anew whenever the menu is drawn. */
  readonly load: () => Promise<() => readonly Export[]>;
  readonly disabled?: boolean;
  /** Takes back a JSON file that the menu has handed out; rejects with what is wrong with it. */
  readonly onOpen?: (file: File) => void | Promise<void>;
}

export function ExportMenu({ load, disabled = false, onOpen }: ExportMenuProps) {
  const [list, setList] = useState<{ readonly items: () => readonly Export[] } | undefined>(undefined);
  const [isOpen, open] = useState(false);
  const [told, tell] = useState('');
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    let isWanted = true;
    load().then(
      (items) => {
        if (isWanted) setList({ items });
      },
      (error: unknown) => tell(`The menu did not load: ${messageOf(error)}. Is nexort studio still running?`),
    );
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
      isWanted = false;
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
      document.removeEventListener('keydown', close);
    };
  }, [isOpen]);
  const take = async (name: string, act: () => void | Promise<void>): Promise<void> => {
    try {
      await act();
      tell(`${name}: done.`);
    } catch (error) {
      tell(`${name}: ${messageOf(error)}`);
    }
  };
  return (
    <div class="menu" ref={menu} data-tour="export">
      <button
        type="button"
        ref={button}
        aria-expanded={isOpen}
        aria-controls="exports"
        disabled={disabled}
        onClick={() => {
          tell('');
          open(!isOpen);
        }}
      >
        Export
      </button>
      {isOpen && !disabled ? (
        <fieldset id="exports" class="menu-items" aria-label="Exports">
          {list?.items().map(({ name, save }) => (
            <button key={name} type="button" onClick={() => void take(name, save)}>
              {name}
            </button>
          ))}
          {onOpen === undefined ? null : (
            <label class="open-file">
              Open a JSON result
              <input
                type="file"
                accept=".json,application/json"
                onChange={({ currentTarget }) => {
                  const file = currentTarget.files?.[0];
                  if (file !== undefined) void take(file.name, () => onOpen(file));
                  currentTarget.value = '';
                }}
              />
            </label>
          )}
          <p class="told" role="status">
            {told}
          </p>
        </fieldset>
      ) : null}
    </div>
  );
}
