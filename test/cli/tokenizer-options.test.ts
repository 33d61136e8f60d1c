import { join } from 'node:path';
import { createPipelineDeps } from '@retort/pipeline';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { promptsFolder } from '../../packages/cli/src/repository.ts';
import { addTokenizerOptions, tokenCounterOf } from '../../packages/cli/src/tokenizer-options.ts';
import { buildRow } from '../corpus/build-row.ts';
import { writeTinyTokenizer } from '../corpus/tokens/tiny-tokenizer.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { quietTerminal } from './quiet-terminal.ts';

const parse = (...argv: string[]) => addTokenizerOptions(new Command()).parse(argv, { from: 'user' }).opts();

async function counterName(flags: object, env: Record<string, string> = {}): Promise<string> {
  const deps = createPipelineDeps({ home: temporaryFolder(), promptsDir: promptsFolder() });
  try {
    const counter = await tokenCounterOf(flags, deps, quietTerminal(env).terminal);
    counter.count(buildRow());
    counter.close();
    return counter.name;
  } finally {
    deps.store.close();
  }
}

describe('--student and --tokenizer', () => {
  it('are read as they are typed, and may be left out', async () => {
    expect(parse('--student', 'minicpm-v-4_6', '--tokenizer', 'a/b')).toEqual({
      student: 'minicpm-v-4_6',
      tokenizer: 'a/b',
    });
    expect(await counterName(parse())).toBe('minicpm-llama3-v-2_5, Llama 3 vocabulary');
    expect(await counterName(parse('--student', 'minicpm-v-4_6'))).toBe(
      'minicpm-v-4_6, estimated from above',
    );
  });

  it('take a path from the folder it was typed in', async () => {
    const folder = temporaryFolder();
    writeTinyTokenizer(join(folder, 'tiny'));
    for (const tokenizer of ['./tiny', 'tiny/tokenizer.json', join(folder, 'tiny')])
      expect(await counterName({ tokenizer }, { INIT_CWD: folder })).toBe(
        'minicpm-llama3-v-2_5, tokenizer.json of tiny',
      );
  });

  it('refuse a student that nobody knows how to count', async () => {
    await expect(counterName({ student: 'gpt-2' })).rejects.toThrow(
      /--student is one of minicpm-llama3-v-2_5/,
    );
  });
});
