const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);
const VISION_PARTS = [
  'layer_norm1',
  'layer_norm2',
  'self_attn',
  ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].map((name) => `self_attn.${name}`),
  'mlp',
  'mlp.activation_fn',
  'mlp.fc1',
  'mlp.fc2',
];
const TEXT_PARTS = [
  'input_layernorm',
  'post_attention_layernorm',
  'mlp',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
];
const SELF_ATTENTION = [
  'self_attn',
  ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => `self_attn.${name}`),
];
const LINEAR_ATTENTION = [
  'linear_attn',
  'linear_attn.in_proj_qkv',
  'linear_attn.out_proj',
  'linear_attn.conv1d',
];

/** Module names of MiniCPM-Llama3-V-2_5 as far as LoRA could mean them: 32 text layers, 27 vision layers, resampler. */
export const LLAMA3_V_2_5_MODULES = withResampler(32);

/** Module names of MiniCPM-V 4.6 as far as LoRA could mean them: every fourth of 24 text layers has self-attention. */
export const V_4_6_MODULES: readonly string[] = [
  'model.language_model.embed_tokens',
  ...numbered(24).flatMap((layer) =>
    [...(layer % 4 === 3 ? SELF_ATTENTION : LINEAR_ATTENTION), ...TEXT_PARTS].map(
      (part) => `model.language_model.layers.${layer}.${part}`,
    ),
  ),
  'model.vision_tower.embeddings.patch_embedding',
  ...numbered(27).flatMap((layer) =>
    VISION_PARTS.map((part) => `model.vision_tower.encoder.layers.${layer}.${part}`),
  ),
  'model.vision_tower.vit_merger',
  ...[
    'self_attn.q_proj',
    'self_attn.k_proj',
    'self_attn.v_proj',
    'self_attn.out_proj',
    'linear_1',
    'linear_2',
  ].map((part) => `model.vision_tower.vit_merger.${part}`),
  'model.merger',
  'model.merger.mlp.0.linear_1',
  'model.merger.mlp.0.linear_2',
  'lm_head',
];

/** Module names of MiniCPM-V 2.6 as far as LoRA could mean them: 28 text layers, 27 vision layers, resampler. */
export const V_2_6_MODULES = withResampler(28);

/** The students with a resampler are built alike, whatever their language model. */
function withResampler(textLayers: number): readonly string[] {
  return [
    'llm.model.embed_tokens',
    ...numbered(textLayers).flatMap((layer) =>
      [...SELF_ATTENTION, ...TEXT_PARTS].map((part) => `llm.model.layers.${layer}.${part}`),
    ),
    'llm.model.norm',
    'llm.lm_head',
    'vpm.embeddings.patch_embedding',
    ...numbered(27).flatMap((layer) => VISION_PARTS.map((part) => `vpm.encoder.layers.${layer}.${part}`)),
    'vpm.post_layernorm',
    ...['', '.kv_proj', '.attn', '.attn.out_proj', '.ln_q', '.ln_kv', '.ln_post'].map(
      (part) => `resampler${part}`,
    ),
  ];
}
