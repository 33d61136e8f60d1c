/** Name of the file in each format's `lora/`. */
export const DEEPSPEED_FILE = 'ds-zero3-offload.json';

/**
 * DeepSpeed ZeRO-3 with optimiser and weights in the computer's memory: how an 8-billion-parameter student fits on one card.
 * `auto` is filled in by transformers' Trainer, which all three trainers build on, so that batch, precision and rate are said
 * in one place. The optimiser is the Trainer's too.
 * Sources: deepspeed.ai/docs/config-json, huggingface.co/docs/transformers/deepspeed, MiniCPM-V finetune/ds_config_zero3.json
 * (checked 2026-11-28).
 */
export function deepspeedZero3Offload() {
  return {
    bf16: { enabled: 'auto' },
    fp16: {
      enabled: 'auto',
      loss_scale: 0,
      loss_scale_window: 1000,
      initial_scale_power: 16,
      hysteresis: 2,
      min_loss_scale: 1,
    },
    zero_optimization: {
      stage: 3,
      offload_optimizer: { device: 'cpu', pin_memory: true },
      offload_param: { device: 'cpu', pin_memory: true },
      overlap_comm: true,
      contiguous_gradients: true,
      sub_group_size: 1e9,
      reduce_bucket_size: 'auto',
      stage3_prefetch_bucket_size: 'auto',
      stage3_param_persistence_threshold: 'auto',
      stage3_max_live_parameters: 1e9,
      stage3_max_reuse_distance: 1e9,
      stage3_gather_16bit_weights_on_model_save: true,
    },
    gradient_accumulation_steps: 'auto',
    gradient_clipping: 'auto',
    train_batch_size: 'auto',
    train_micro_batch_size_per_gpu: 'auto',
    // The Trainer's optimiser is not in DeepSpeed's list; accelerate swaps it for DeepSpeed's own on the CPU.
    zero_allow_untested_optimizer: true,
    wall_clock_breakdown: false,
  };
}

/** The same as the text of a file. */
export function deepspeedText(): string {
  return `${JSON.stringify(deepspeedZero3Offload(), null, 2)}\n`;
}
