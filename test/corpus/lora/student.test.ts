import { describe, expect, it } from 'vitest';
import { LORA_VARIANTS, MINICPM_LLAMA3_V_2_5, MINICPM_V_4_6 } from '../../../packages/corpus/src/index.ts';
import { peftConfig, peftConfigText } from '../../../packages/corpus/src/lora/peft-config.ts';
import { LLAMA3_V_2_5_MODULES, V_4_6_MODULES } from './module-names.ts';

/** peft matches whole names (`re.fullmatch`); ours uses nothing in which Python's and JavaScript's syntax differ. */
function matchesOf(regex: string, modules: readonly string[]): readonly string[] {
  return modules.filter((name) => new RegExp(`^(?:${regex})$`).test(name));
}

/** peft trains a module in full when its name ends in one of `modules_to_save`. */
function savedOf(names: readonly string[] | null, modules: readonly string[]): readonly string[] {
  return modules.filter((module) => names?.some((name) => module.endsWith(name)));
}

describe('the module lists of this test', () => {
  it.each([
    ['MiniCPM-Llama3-V-2_5', LLAMA3_V_2_5_MODULES, 81],
    ['MiniCPM-V 4.6', V_4_6_MODULES, 84],
  ])('have the traps of %s: the plain list of names also hits vision modules', (_name, modules, vision) => {
    const plain = modules.filter((name) => /\.(q|k|v|o)_proj$/.test(name));
    expect(plain.filter((name) => /vpm|vision_tower/.test(name))).toHaveLength(vision);
  });
});

describe.each([
  [
    MINICPM_LLAMA3_V_2_5,
    LLAMA3_V_2_5_MODULES,
    { released: 128, paper: 162 },
    ['llm.model.embed_tokens', 'resampler'],
  ],
  [
    MINICPM_V_4_6,
    V_4_6_MODULES,
    { released: 24, paper: 162 },
    ['model.language_model.embed_tokens', 'model.merger'],
  ],
] as const)('LoRA targets of $name', (student, modules, counts, saved) => {
  it.each(LORA_VARIANTS)('match as many modules as they say (%s)', (variant) => {
    const { targetRegex, matches } = student.lora[variant];
    expect(matchesOf(targetRegex, modules)).toHaveLength(counts[variant]);
    expect(matches).toBe(counts[variant]);
  });

  it('touch the language model only when released, the vision encoder only in the paper', () => {
    const isVision = (name: string) => /^vpm\.|vision_tower\./.test(name);
    expect(matchesOf(student.lora.released.targetRegex, modules).some(isVision)).toBe(false);
    expect(matchesOf(student.lora.paper.targetRegex, modules).every(isVision)).toBe(true);
  });

  it('train embeddings and projector along only when released', () => {
    expect(savedOf(student.lora.released.modulesToSave, modules)).toEqual(saved);
    expect(student.lora.paper.modulesToSave).toBeNull();
  });
});

describe('peftConfig', () => {
  it('gives the expression as a string and only keys of LoraConfig', () => {
    expect(peftConfig(MINICPM_LLAMA3_V_2_5, 'released')).toEqual({
      base_model_name_or_path: 'openbmb/MiniCPM-Llama3-V-2_5',
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      r: 64,
      lora_alpha: 64,
      lora_dropout: 0.05,
      bias: 'none',
      target_modules: String.raw`llm\..*layers\.\d+\.self_attn\.(q_proj|k_proj|v_proj|o_proj)`,
      modules_to_save: ['embed_tokens', 'resampler'],
    });
    expect(JSON.parse(peftConfigText(MINICPM_LLAMA3_V_2_5, 'paper'))).toMatchObject({
      modules_to_save: null,
    });
  });
});
