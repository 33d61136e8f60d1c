import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  LORA_VARIANTS,
  MINICPM_LLAMA3_V_2_5,
  MINICPM_V_4_6,
  trainingCommand,
} from '../../packages/corpus/src/index.ts';
import { swiftArguments, swiftArgumentsYaml } from '../../packages/corpus/src/lora/swift-arguments.ts';

const MANIFEST = { key: `sha256:${'ab'.repeat(32)}`, rowsBySplit: { train: 6, val: 2, test: 2 } } as const;

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'training-command-')));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs a line in a shell in which `swift` says where it was started and with which words. */
function run(line: string): { cwd: string; words: readonly string[] } {
  const swift = join(dir, 'swift');
  writeFileSync(swift, '#!/bin/sh\npwd\nprintf \'%s\\n\' "$@"\n');
  chmodSync(swift, 0o755);
  const env = { PATH: `${dir}${delimiter}${process.env.PATH ?? ''}` };
  const [cwd = '', ...words] = execFileSync('/bin/sh', ['-c', line], { env, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  return { cwd, words };
}

describe('trainingCommand', () => {
  it.each(['plain', 'with a space', 'it\'s $HOME `x` "y"', 'ü-ß'])(
    'starts swift inside the corpus folder “%s”',
    (name) => {
      const corpusDir = join(dir, name);
      mkdirSync(corpusDir);
      const { cwd, words } = run(trainingCommand({ corpusDir, manifest: MANIFEST }));
      expect(cwd).toBe(corpusDir);
      expect(words[0]).toBe('sft');
    },
  );

  it('is one line with the options of the released variant', () => {
    const line = trainingCommand({ corpusDir: '/data/my corpus', manifest: MANIFEST });
    expect(line).toBe(
      "cd '/data/my corpus' && swift sft --model openbmb/MiniCPM-Llama3-V-2_5 --model_type minicpmv2_5 --use_hf true " +
        '--torch_dtype bfloat16 --tuner_type lora --lora_rank 64 --lora_alpha 64 --lora_dropout 0.05 ' +
        String.raw`--target_regex 'llm\..*layers\.\d+\.self_attn\.(q_proj|k_proj|v_proj|o_proj)' ` +
        '--modules_to_save embed_tokens resampler --dataset ms-swift/train.jsonl --val_dataset ms-swift/val.jsonl ' +
        '--strict true --max_length 2048 --truncation_strategy delete --output_dir ../student-abababababab-released',
    );
  });

  it.each(LORA_VARIANTS)('brings the expression to swift untouched (%s)', (variant) => {
    for (const student of [MINICPM_LLAMA3_V_2_5, MINICPM_V_4_6]) {
      const { words } = run(trainingCommand({ corpusDir: null, manifest: MANIFEST, student, variant }));
      expect(words[words.indexOf('--target_regex') + 1]).toBe(student.lora[variant].targetRegex);
      expect(words.includes('--modules_to_save')).toBe(variant === 'released');
    }
  });

  it('asks for no validation where there are no rows for it', () => {
    const manifest = { ...MANIFEST, rowsBySplit: { train: 2, val: 0, test: 0 } };
    expect(trainingCommand({ corpusDir: null, manifest })).not.toContain('--val_dataset');
  });
});

describe('trainingCommand with a limit of tokens', () => {
  it('passes it on', () => {
    expect(trainingCommand({ corpusDir: null, manifest: MANIFEST, maxTokens: 512 })).toContain(
      '--max_length 512',
    );
  });
});

describe('swiftArgumentsYaml', () => {
  it('says the same as the command line', () => {
    const options = {
      student: MINICPM_LLAMA3_V_2_5,
      corpusKey: MANIFEST.key,
      splits: ['train', 'val'],
      maxTokens: 2048,
    } as const;
    expect(swiftArgumentsYaml(swiftArguments({ ...options, variant: 'paper' }))).toBe(
      [
        'model: openbmb/MiniCPM-Llama3-V-2_5',
        'model_type: minicpmv2_5',
        'use_hf: true',
        'torch_dtype: bfloat16',
        'tuner_type: lora',
        'lora_rank: 64',
        'lora_alpha: 64',
        'lora_dropout: 0.05',
        String.raw`target_regex: vpm\.encoder\.layers\.\d+\.(self_attn\.(q_proj|k_proj|v_proj|out_proj)|mlp\.(fc1|fc2))`,
        'dataset:',
        '  - ms-swift/train.jsonl',
        'val_dataset:',
        '  - ms-swift/val.jsonl',
        'strict: true',
        'max_length: 2048',
        'truncation_strategy: delete',
        'output_dir: ../student-abababababab-paper',
        '',
      ].join('\n'),
    );
  });
});
