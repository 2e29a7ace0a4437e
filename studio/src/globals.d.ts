/// <reference types="vite/client" />

/** Of package.json, put in by the bundler. */
declare const __VERSION__: string;

/** Addresses of workers by name, where the page is one file and its workers stand in it. */
declare var studioWorkers: Readonly<Record<string, string>> | undefined;
