/** The last session, where the browser lets a page remember. */

const NAME = 'nexort-studio';

/** The link of the last session; undefined where there is none, or storage is denied. */
export function recall(): string | undefined {
  try {
    return localStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(link: string): void {
  try {
    localStorage.setItem(NAME, link);
  } catch {
    // Denied: the link in the address bar is there all the same.
  }
}
