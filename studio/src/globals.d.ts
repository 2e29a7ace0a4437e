/// <reference types="vite/client" />

/** The package's version, put in by the build. */
declare const __VERSION__: string;

/** Formulas by name, put in by the build (studio/formulas.ts). */
declare module 'virtual:formulas' {
  export const formulas: Readonly<
    Record<
      import('./formulas/tex.ts').FormulaName,
      { readonly math: string; readonly says: string; readonly source: string }
    >
  >;
}
