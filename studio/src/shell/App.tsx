/** The frame around pages: where one is, the other pages, what went wrong. */

import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Component } from 'preact';
import { PAGES, type PageName } from '../link.ts';
import { Tour, TourButton } from './Tour.tsx';

const TITLES: Readonly<Record<PageName, string>> = {
  limit: 'Limit',
  phase: 'Phase diagram',
  program: 'Program',
  transfer: 'Transfer',
  runs: 'Runs',
};

export interface AppProps {
  readonly page: Signal<PageName>;
  readonly problem: Signal<string | undefined>;
  readonly children: ComponentChildren;
}

export function App({ page, problem, children }: AppProps) {
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <nav class="top" aria-label="Pages">
        <span class="brand">nexort studio</span>
        <ul>
          {PAGES.map((name) => (
            <li key={name}>
              <a href={`#${name}?v=1`} aria-current={page.value === name ? 'page' : undefined}>
                {TITLES[name]}
              </a>
            </li>
          ))}
        </ul>
        <TourButton page={page} />
      </nav>
      <Tour page={page} />
      {problem.value === undefined ? null : (
        <p class="error banner" role="alert">
          {problem.value}
        </p>
      )}
      <Boundary key={page.value}>{children}</Boundary>
      <footer class="foot">
        <p>nexort {__VERSION__}. Everything is computed in this page; nothing is sent anywhere.</p>
      </footer>
    </>
  );
}

/** A page that fails says so, and the others stay. */
class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly failed?: string }> {
  override state: { readonly failed?: string } = {};

  static override getDerivedStateFromError(error: unknown) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const { failed } = this.state;
    if (failed === undefined) return this.props.children;
    return (
      <main id="main" tabIndex={-1}>
        <p class="error" role="alert">
          This page stopped: {failed}. That is a bug in nexort; please report it with the link in the address bar.
          Loading the page again starts it anew.
        </p>
      </main>
    );
  }
}
