/** What the words of the verdict mean, as formulas; pointing at a word lights its formula, and the other way. */

import { Formula, type FormulaName, saysOf, sourceOf } from '../formulas/index.ts';
import { Scroll } from '../shell/Scroll.tsx';
import type { PhaseSession } from './session.ts';

/** Words of the page with their formulas, in the order in which they build on each other. */
const DEFINITIONS = [
  ['r', ['features']],
  ['x', ['readout']],
  ['stable', ['stable', 'persists']],
  ['faithful', ['faithful', 'backward']],
  ['nontrivial', ['nontrivial']],
] as const satisfies readonly (readonly [string, readonly FormulaName[]])[];
export type Defined = (typeof DEFINITIONS)[number][0];

export function Definitions({ session }: { readonly session: PhaseSession }) {
  const { value: lit } = session.lit;
  return (
    <section class="definitions">
      <h2>What the words mean</h2>
      <p class="hint">
        Layers 1 to L are hidden, L + 1 is the readout. With r = 0 features learn; with r &gt; 0 the limit is an
        operator on error signals.
      </p>
      <dl>
        {DEFINITIONS.map(([word, formulas]) => (
          <div key={word} class={lit === word ? 'lit' : ''} {...pointing(session, word)}>
            <dt>
              {word} <span class="definition">{sourceOf(formulas[0])}</span>
            </dt>
            {formulas.map((formula) => (
              <dd key={formula} title={saysOf(formula)}>
                <Scroll label={`Definition of ${word}`}>
                  <Formula name={formula} />
                </Scroll>
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What lights a word while it is pointed at. */
export function pointing({ lit }: PhaseSession, word: Defined) {
  return {
    onMouseEnter: () => {
      lit.value = word;
    },
    onMouseLeave: () => {
      lit.value = undefined;
    },
  };
}
