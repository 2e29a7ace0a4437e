/** The rules that a program uses, as formulas with their definition numbers. */

import { Formula, type FormulaName, saysOf, sourceOf } from '../formulas/index.ts';
import { RULE_NAMES, RULES, type RuleName } from './rules.ts';
import type { ProgramSession } from './session.ts';

/** The formulas of each rule; what lies on fixed axes needs none. */
const FORMULAS: Readonly<Record<RuleName, readonly FormulaName[]>> = {
  matrix: ['matrix'],
  initial: ['initial'],
  matmul: ['matmul', 'hat', 'dot'],
  nonlinear: ['nonlinear'],
  average: ['average', 'master'],
  fixed: [],
  given: [],
};

export function Rules({ session }: { readonly session: ProgramSession }) {
  const { value: shown } = session.shown;
  if (shown === undefined || !session.read.value.inFragment) return null;
  const used = RULE_NAMES.filter((name) => FORMULAS[name].length > 0 && shown.values.some(({ rule }) => rule === name));
  const { value: lit } = session.lit;
  const { value: chosen } = session.chosen;
  return (
    <section class="rules">
      <h2>Rules of its kets</h2>
      <ul>
        {used.map((name) => (
          <li
            key={name}
            class={`rule rule-${name}${lit?.rule === name ? ' lit' : ''}${chosen?.rule === name ? ' chosen' : ''}`}
            onMouseEnter={() => {
              session.lit.value = { rule: name };
            }}
            onMouseLeave={() => {
              session.lit.value = undefined;
            }}
          >
            <h3>
              {RULES[name].title} <span class="definition">{RULES[name].definition}</span>
            </h3>
            {FORMULAS[name].map((formula) => (
              <p key={formula} title={saysOf(formula)} class="rule-formula">
                <Formula name={formula} lit={lit?.rule === name ? lit.part : undefined} />
                {sourceOf(formula) === RULES[name].definition ? null : (
                  <span class="definition">{sourceOf(formula)}</span>
                )}
              </p>
            ))}
            <p class="hint">{uses(name)}</p>
          </li>
        ))}
      </ul>
    </section>
  );

  /** The values of a rule, in the order of the text. */
  function uses(name: RuleName): string {
    const labels = [...new Set((shown?.values ?? []).filter(({ rule }) => rule === name).map(({ label }) => label))];
    const most = 8;
    return `${labels.slice(0, most).join(', ')}${labels.length > most ? `, and ${labels.length - most} more` : ''}`;
  }
}
