/** Architectures that are not built here, and the nearest that are. */

/** By `model_type` of transformers (5.24). */
const NEAREST: Readonly<Record<string, readonly string[]>> = {
  bert: ['albert', 'convbert', 'ernie', 'megatron-bert', 'mobilebert', 'nezha', 'nomic_bert', 'squeezebert', 'tapas'],
  roberta: ['data2vec-text', 'ibert', 'longformer', 'luke', 'mpnet', 'roberta-prelayernorm', 'big_bird'],
  'xlm-roberta': ['xlm', 'xlm-roberta-xl', 'xmod', 'rembert'],
  camembert: ['flaubert'],
  modernbert: ['deberta', 'deberta-v2', 'eurobert', 'electra', 'funnel', 'modernbert-decoder', 'neobert'],
  gpt2: ['biogpt', 'bloom', 'ctrl', 'gpt_bigcode', 'gpt_neo', 'mpt', 'openai-gpt', 'opt', 'xglm'],
  gpt_neox: ['codegen', 'falcon', 'gpt_neox_japanese', 'gptj', 'persimmon', 'phi', 'stablelm'],
  llama: [
    'cohere',
    'cohere2',
    'exaone4',
    'gemma',
    'gemma2',
    'gemma3',
    'gemma3_text',
    'glm',
    'glm4',
    'granite',
    'olmo',
    'olmo2',
    'phi3',
    'smollm3',
    'starcoder2',
  ],
  mistral: ['ministral', 'mistral3', 'mixtral'],
  qwen2: ['qwen2_moe', 'qwen2_vl', 'qwen2_5_vl'],
  qwen3: ['qwen3_moe', 'qwen3_next', 'qwen3_vl', 'deepseek_v2', 'deepseek_v3', 'gpt_oss'],
};

/** The nearest of the supported `model_type`s to one that is not, where there is one. */
export function nearestType(type: unknown): string | undefined {
  return Object.entries(NEAREST).find(([, others]) => others.some((other) => other === type))?.[0];
}
