/**
 * Entries of config.json beside those that a family reads: common to all, or without effect on what is computed here,
 * and why. Any other one is told to the user.
 *
 * Source: transformers 5.24, the `configuration_….py` of each family and `configuration_utils.py`; entries that only older versions wrote, of 2.0 to 4.57.
 */

import type { JsonObject } from './json.ts';

/** Those that are read of every family, or refused where they ask for what is not built here. */
export const COMMON_ENTRIES = [
  'model_type',
  'architectures',
  'add_cross_attention',
  'pruned_heads',
  'quantization_config',
  'initializer_range',
] as const;

/** Those without effect, by the reason. */
export const IDLE_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  'dropout and other means of training, which an evaluation has none of': [
    'hidden_dropout_prob',
    'attention_probs_dropout_prob',
    'classifier_dropout',
    'attention_dropout',
    'hidden_dropout',
    'embedding_dropout',
    'mlp_dropout',
    'dropout',
    'qa_dropout',
    'seq_classif_dropout',
    'attn_pdrop',
    'embd_pdrop',
    'resid_pdrop',
    'initializer_factor',
    'initializer_cutoff_factor',
    'gradient_checkpointing',
  ],
  'heads of other tasks, and the pooler that they read': [
    'num_labels',
    '_num_labels',
    'id2label',
    'label2id',
    'problem_type',
    'finetuning_task',
    'task_specific_params',
    'pooler_fc_size',
    'pooler_num_attention_heads',
    'pooler_num_fc_layers',
    'pooler_size_per_head',
    'pooler_type',
    'classifier_pooling',
    'summary_activation',
    'summary_first_dropout',
    'summary_proj_to_labels',
    'summary_type',
    'summary_use_proj',
  ],
  'special tokens, which the tokenizer gives': [
    'bos_token_id',
    'eos_token_id',
    'sep_token_id',
    'cls_token_id',
    'mask_token_id',
    'unk_token_id',
    'pad_token_id',
    'decoder_start_token_id',
    'prefix',
    'tokenizer_class',
  ],
  'generation of text, decoders and caches': [
    'use_cache',
    'output_past',
    'cross_attention_hidden_size',
    'is_encoder_decoder',
    'tie_encoder_decoder',
    'max_length',
    'min_length',
    'max_new_tokens',
    'do_sample',
    'early_stopping',
    'num_beams',
    'num_beam_groups',
    'diversity_penalty',
    'temperature',
    'top_k',
    'top_p',
    'typical_p',
    'repetition_penalty',
    'length_penalty',
    'no_repeat_ngram_size',
    'encoder_no_repeat_ngram_size',
    'bad_words_ids',
    'num_return_sequences',
    'forced_bos_token_id',
    'forced_eos_token_id',
    'remove_invalid_values',
    'exponential_decay_length_penalty',
    'suppress_tokens',
    'begin_suppress_tokens',
    'renormalize_logits',
  ],
  'how and in which precision it is computed elsewhere: weights are read as they are stored, and computed with in 32 bits':
    [
      'dtype',
      'torch_dtype',
      'torchscript',
      'use_bfloat16',
      'chunk_size_feed_forward',
      '_attn_implementation',
      '_attn_implementation_autoset',
      'attn_implementation',
      'output_attentions',
      'output_hidden_states',
      'output_scores',
      'return_dict',
      'return_dict_in_generate',
      'tf_legacy_loss',
      'reorder_and_upcast_attn',
      'pretraining_tp',
      'deterministic_flash_attn',
      'reference_compile',
      'repad_logits_with_grad',
      'sparse_prediction',
      'sparse_pred_ignore_index',
    ],
  'where it comes from': ['_name_or_path', 'name_or_path', '_commit_hash', 'transformers_version', 'language', 'name'],
  'written by the first releases, and read by none': ['directionality', 'n_ctx'],
  'how tables were started: positions are read as they are stored': ['sinusoidal_pos_embds'],
};

const IDLE: ReadonlySet<string> = new Set(Object.values(IDLE_ENTRIES).flat());

/** The entries of a config.json that are neither read nor known to be without effect, sorted. */
export function unknownEntries(json: JsonObject, read: ReadonlySet<string>): readonly string[] {
  return Object.keys(json)
    .filter((entry) => !read.has(entry) && !IDLE.has(entry))
    .sort();
}
