/** Where a page begins: the link that it holds, or the last session, where the browser lets a page remember. */

const NAME = 'nexort-studio';

/** The link of the last session; undefined where there is none, or storage is denied. */
export function recall(): string | undefined {
  try {
    return localStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

const TOUR = 'nexort-studio-tour';

/** Whether the tour was taken or declined before. */
export function isTourDone(): boolean {
  try {
    return localStorage.getItem(TOUR) !== null;
  } catch {
    return false;
  }
}

export function rememberTour(): void {
  try {
    localStorage.setItem(TOUR, 'done');
  } catch {
    // Denied: it is offered again.
  }
}

/** The link that a page of one file was written with. */
export const heldLink = (): string | undefined =>
  document.querySelector<HTMLMetaElement>('meta[name="studio-link"]')?.content;

/** Whether the page is one file with all that it needs, but language models. */
export const isOneFile = (): boolean => document.getElementById('studio-files') !== null;

export function remember(link: string): void {
  try {
    localStorage.setItem(NAME, link);
  } catch {
    // Denied: the link in the address bar is there all the same.
  }
}
