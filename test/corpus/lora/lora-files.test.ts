import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LORA_VARIANTS } from '../../../packages/corpus/src/index.ts';
import { deepspeedZero3Offload } from '../../../packages/corpus/src/lora/deepspeed-config.ts';
import {
  LLAMAFACTORY_TARGETS,
  llamafactoryConfig,
} from '../../../packages/corpus/src/lora/llamafactory-config.ts';
import {
  llamafactoryLoraFiles,
  peftLoraFiles,
  swiftLoraFiles,
} from '../../../packages/corpus/src/lora/lora-files.ts';
import { MINICPM_LLAMA3_V_2_5 } from '../../../packages/corpus/src/lora/student.ts';
import { torchrunCommand } from '../../../packages/corpus/src/lora/torchrun-command.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { V_2_6_MODULES } from './module-names.ts';

const CONTEXT = {
  corpusKey: `sha256:${'ab'.repeat(32)}`,
  splits: ['train', 'val'],
  maxTokens: 1024,
} as const;
const textOf = (files: readonly { name: string; text: string }[], name: string) =>
  files.find((file) => file.name === `lora/${name}`)?.text ?? '';

/** The words a shell passes to torchrun. */
function torchrunWords(line: string): readonly string[] {
  const dir = temporaryFolder();
  const torchrun = join(dir, 'torchrun');
  writeFileSync(torchrun, '#!/bin/sh\nprintf \'%s\\n\' "$@"\n');
  chmodSync(torchrun, 0o755);
  const env = { PATH: `${dir}${delimiter}${process.env.PATH ?? ''}`, MINICPM_V: '/src/MiniCPM V' };
  return execFileSync('/bin/sh', ['-c', line], { env, encoding: 'utf8' }).trimEnd().split('\n');
}

describe('torchrunCommand', () => {
  const line = torchrunCommand({ splits: ['train', 'val'], maxTokens: 512, outputDir: '../student' });

  it("is one line that starts MiniCPM-V's script with its expression untouched", () => {
    expect(line).not.toContain('\n');
    const words = torchrunWords(line);
    expect(words).toContain('/src/MiniCPM V/finetune/finetune.py');
    const wordAfter = (name: string) => words[words.indexOf(`--${name}`) + 1];
    expect(wordAfter('lora_target_modules')).toBe(MINICPM_LLAMA3_V_2_5.lora.released.targetRegex);
    expect(wordAfter('model_max_length')).toBe('512');
    expect(wordAfter('tune_vision')).toBe('false');
    expect(wordAfter('eval_data_path')).toBe('minicpm-v/val.json');
    expect(wordAfter('deepspeed')).toBe('minicpm-v/lora/ds-zero3-offload.json');
  });

  it('evaluates only where there are rows for it', () => {
    const words = torchrunWords(
      torchrunCommand({ splits: ['train'], maxTokens: 512, outputDir: '../student' }),
    );
    expect(words).not.toContain('--eval_data_path');
    expect(words).not.toContain('--do_eval');
  });
});

describe('LLaMA-Factory targets', () => {
  /** `patch_target_modules`: substrings of names, nothing below a frozen part. */
  const hit = (names: readonly string[], frozen: readonly string[]) =>
    V_2_6_MODULES.filter(
      (module) =>
        names.some((name) => module.includes(name)) && !frozen.some((part) => module.includes(part)),
    );

  it.each(LORA_VARIANTS)('match as many modules as they say (%s)', (variant) => {
    const { names, frozen, matches } = LLAMAFACTORY_TARGETS[variant];
    expect(hit(names, frozen)).toHaveLength(matches);
  });

  it('would hit the resampler if it were not frozen', () => {
    expect(hit(LLAMAFACTORY_TARGETS.released.names, ['vpm'])).toContain('resampler.kv_proj');
  });

  it('freeze the vision tower when released, the language model in the paper', () => {
    const options = { splits: ['train'], maxTokens: 2048, outputDir: '../student' } as const;
    expect(llamafactoryConfig({ ...options, variant: 'released' })).toMatchObject({
      freeze_vision_tower: true,
      freeze_language_model: false,
      additional_target: 'embed_tokens,resampler',
    });
    const paper = llamafactoryConfig({ ...options, variant: 'paper' });
    expect(paper).toMatchObject({ freeze_vision_tower: false, freeze_language_model: true });
    expect(paper).not.toHaveProperty('additional_target');
    expect(paper).not.toHaveProperty('eval_dataset');
  });
});

describe('the LoRA files of each format', () => {
  it('have a file a student and variant, one for DeepSpeed and one that says how to start', () => {
    const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);
    expect(names(peftLoraFiles(CONTEXT))).toHaveLength(4 + 2);
    expect(names(swiftLoraFiles(CONTEXT))).toHaveLength(4 + 2);
    expect(names(llamafactoryLoraFiles(CONTEXT))).toEqual([
      'lora/minicpm-v-2_6-released.yaml',
      'lora/minicpm-v-2_6-paper.yaml',
      'lora/ds-zero3-offload.json',
      'lora/README.md',
    ]);
  });

  it('carry the limit of tokens under the name that each trainer has for it', () => {
    const paper = 'minicpm-v-4_6-paper.yaml';
    expect(textOf(swiftLoraFiles(CONTEXT), paper)).toContain('\nmax_length: 1024\n');
    const factory = textOf(llamafactoryLoraFiles(CONTEXT), 'minicpm-v-2_6-paper.yaml');
    for (const line of ['cutoff_len: 1024', 'template: minicpm_v', 'dataset: retort_train'])
      expect(factory.split('\n')).toContain(line);
    expect(textOf(peftLoraFiles(CONTEXT), 'README.md')).toContain('--model_max_length 1024 ');
    const { corpusKey, splits } = CONTEXT;
    expect(textOf(swiftLoraFiles({ corpusKey, splits }), paper)).toContain('\nmax_length: 2048\n');
  });

  it('say what there is no file for, and why', () => {
    expect(textOf(peftLoraFiles(CONTEXT), 'README.md')).toMatch(/`paper`.*can't be said with that script/s);
    const readme = textOf(llamafactoryLoraFiles(CONTEXT), 'README.md');
    expect(readme).toMatch(/no file for MiniCPM-Llama3-V-2_5.*no template.*none for\nMiniCPM-V 4\.6/s);
  });

  it('name in each command a file that is there', () => {
    for (const [format, files] of [
      ['ms-swift', swiftLoraFiles(CONTEXT)],
      ['llamafactory', llamafactoryLoraFiles(CONTEXT)],
      ['minicpm-v', peftLoraFiles(CONTEXT)],
    ] as const) {
      const named = textOf(files, 'README.md').matchAll(new RegExp(`${format}/(lora/[^\\s\`]+)`, 'g'));
      const paths = [...named].map(([, path]) => path);
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) expect(files.map(({ name }) => name)).toContain(path);
    }
  });
});

describe('deepspeedZero3Offload', () => {
  it('is stage 3 with optimiser and weights on the CPU, and leaves to the trainer what it knows', () => {
    const config = deepspeedZero3Offload();
    expect(config.zero_optimization).toMatchObject({
      stage: 3,
      offload_optimizer: { device: 'cpu' },
      offload_param: { device: 'cpu' },
      stage3_gather_16bit_weights_on_model_save: true,
    });
    expect(config).toMatchObject({ train_batch_size: 'auto', gradient_accumulation_steps: 'auto' });
    // With an optimizer or scheduler of its own it would contradict the trainer's.
    expect(config).not.toHaveProperty('optimizer');
  });
});
