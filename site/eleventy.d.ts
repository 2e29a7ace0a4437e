/** What the site uses of Eleventy, which has no types of its own. */

declare module '@11ty/eleventy' {
  /** A template's data. */
  export interface PageData {
    readonly page: { readonly inputPath: string };
  }

  export interface CollectionItem {
    readonly inputPath: string;
    readonly data: { readonly title: string; readonly path: string };
  }

  export interface Collections {
    getAll(): readonly CollectionItem[];
    getFilteredByTag(tag: string): readonly CollectionItem[];
  }

  export interface BuildEvent {
    readonly directories: { readonly output: string };
    readonly outputMode: 'fs' | 'json' | 'ndjson';
    readonly runMode: 'build' | 'watch' | 'serve';
  }

  export interface UserConfig {
    setInputDirectory(folder: string): void;
    setIncludesDirectory(folder: string): void;
    setOutputDirectory(folder: string): void;
    setTemplateFormats(formats: readonly string[]): void;
    setLibrary(format: 'md', library: { render(text: string, data: PageData): string }): void;
    setLiquidOptions(options: { readonly outputEscape: 'escape'; readonly strictFilters: boolean }): void;
    addGlobalData(name: string, value: unknown): void;
    addCollection(name: string, make: (collections: Collections) => readonly unknown[]): void;
    addFilter(name: string, filter: (value: string, ...args: string[]) => string): void;
    addPassthroughCopy(paths: Readonly<Record<string, string>>): void;
    addWatchTarget(glob: string): void;
    on(event: 'eleventy.before' | 'eleventy.after', act: (event: BuildEvent) => void | Promise<void>): void;
  }

  export interface Written {
    readonly inputPath: string;
    readonly url: string;
    readonly outputPath: string | false;
    readonly content: string;
  }

  export interface Options {
    readonly quietMode?: boolean;
    readonly config?: (config: UserConfig) => void;
  }

  /** The generator called from code. */
  export class Eleventy {
    constructor(input: string, output: string, options?: Options);
    /** All pages, and nothing is written. */
    toJSON(): Promise<readonly Written[]>;
    write(): Promise<unknown>;
  }
}
