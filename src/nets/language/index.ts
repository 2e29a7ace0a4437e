/** Language models of checkpoints. */

export type { EncoderActivation } from './activations.ts';
export type { Architecture, DecoderNames } from './architecture.ts';
export type { FamilyName, LanguageModelConfig, LanguageModelHead } from './config.ts';
export { type AdaptedLayers, type DenseLayer, denseLayers, factorNames } from './denseLayers.ts';
export type { ConfigEntries } from './entries.ts';
export {
  type AdapterTarget,
  architectureOf,
  type CheckpointType,
  type Family,
  families,
  familyOf,
} from './families/index.ts';
export { languageModel } from './model.ts';
export {
  type LanguageModelKinds,
  type LanguageModelParameter,
  type LanguageModelWidth,
  type ParameterRole,
  parameterKinds,
} from './parameterKinds.ts';
