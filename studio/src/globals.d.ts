/// <reference types="vite/client" />

/** The package's version, put in by the build. */
declare const __VERSION__: string;

/** SHA-256 of the embedded model's files, put in by the build (studio/model.ts). */
declare const __MODEL__: Readonly<Record<string, string>>;

/** Formulas by name, put in by the build (studio/formulas.ts). */
declare module 'virtual:formulas' {
  export const formulas: Readonly<
    Record<
      import('./formulas/tex.ts').FormulaName,
      { readonly math: string; readonly says: string; readonly source: string }
    >
  >;
}
