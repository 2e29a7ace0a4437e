/** Networks as chains of programs. */

export { type CnnOptions, cnn, type Pooling } from './cnn.ts';
export {
  type AdaptedLayers,
  type AdapterTarget,
  type Architecture,
  architectureOf,
  type CheckpointType,
  type ConfigEntries,
  type DecoderNames,
  type DenseLayer,
  denseLayers,
  type EncoderActivation,
  type Family,
  type FamilyName,
  factorNames,
  families,
  familyOf,
  type LanguageModelConfig,
  type LanguageModelHead,
  type LanguageModelKinds,
  type LanguageModelParameter,
  type LanguageModelWidth,
  languageModel,
  type ParameterRole,
  parameterKinds,
} from './language/index.ts';
export { LAYER_NAMES, layerNet } from './layers/layerNet.ts';
export type { LayerSpec } from './layers/settings.ts';
export { type MlpOptions, mlp } from './mlp.ts';
export {
  type Layer,
  type Net,
  type NetOptions,
  type NetParameter,
  netOf,
  type StoredParameter,
  type ZeroEntries,
} from './net.ts';
export type { AttentionOptions, AttentionScaling } from './parts/attention.ts';
export { type LowRank, START_VARIANCE } from './parts/lora.ts';
export { type RecurrentOptions, recurrent } from './recurrent.ts';
export {
  type Example,
  type NamedNet,
  NET_NAMES,
  type NetName,
  type NetSettings,
  namedNet,
} from './registry.ts';
export { type ResidualMlpOptions, residualMlp } from './residualMlp.ts';
export { type SelfAttentionOptions, selfAttention } from './selfAttention.ts';
export { HEAD_SIZE, type TransformerOptions, type TransformerStyle, transformer } from './transformer.ts';
