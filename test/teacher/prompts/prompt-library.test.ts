import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@retort/schema';
import { loadPrompts } from '@retort/teacher';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { promptsDir } from '../../fixtures/teacher/prompts-dir.ts';

const promptFile = (changes: Readonly<Record<string, string>> = {}, text = 'What do you see?'): string => {
  const frontMatter = {
    aspects: '[quality]',
    output: 'description',
    variables: '[]',
    saw_label: 'false',
    source: 'us',
    ...changes,
  };
  return `---\n${Object.entries(frontMatter)
    .map((entry) => entry.join(': '))
    .join('\n')}\n---\n${text}\n`;
};

describe('loadPrompts', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'retort prompts-'));
    await mkdir(join(dir, 'quality'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const load = async (content: string, name = 'quality/plain.v3.md') => {
    await writeFile(join(dir, name), content);
    return loadPrompts(dir);
  };

  it('reads what a prompt says of itself, and its hash over the whole file', async () => {
    const content = promptFile({ variables: '[mos]', saw_label: 'true' }, 'Why {{mos}}?');
    expect((await load(content)).get('quality/plain.v3')).toEqual({
      id: 'quality/plain.v3',
      aspects: ['quality'],
      version: 3,
      output: 'description',
      variables: ['mos'],
      sawLabel: true,
      source: 'us',
      hash: sha256(content),
      text: 'Why {{mos}}?',
    });
  });

  it.each([
    [
      'an undeclared variable',
      promptFile({}, 'Why {{image_prompt}}?'),
      /image_prompt: used, but not declared/,
    ],
    [
      'an unused variable',
      promptFile({ variables: '[image_prompt]' }),
      /image_prompt: declared .* but not used/,
    ],
    ['a hidden MOS', promptFile({ variables: '[mos]' }, 'Why {{mos}}?'), /saw_label/],
    ['a MOS that is not shown', promptFile({ saw_label: 'true' }), /saw_label/],
    ['an unknown parser', promptFile({ output: 'poem' }), /output/],
    ['an unknown member', promptFile({ mood: 'good' }), /mood/],
    ['the aspect of another folder', promptFile({ aspects: '[authenticity]' }), /lies in quality/],
    ['no front matter', 'What do you see?', /front matter/],
    ['front matter that is no YAML', '---\n[\n---\n', /YAML/],
  ])('refuses %s', async (_what, content, message) => {
    await expect(load(content)).rejects.toMatchObject({
      code: 'prompt-invalid',
      message: expect.stringMatching(message),
    });
  });

  it.each(['quality/plain.md', 'quality/plain.v0.md', 'quality/plain.v1.txt'])(
    'refuses the name %s',
    async (name) => {
      await expect(load(promptFile(), name)).rejects.toMatchObject({ code: 'prompt-invalid' });
    },
  );

  it('refuses a folder that is no aspect', async () => {
    await mkdir(join(dir, 'beauty'));
    await expect(load(promptFile(), 'beauty/plain.v1.md')).rejects.toThrow(/beauty is no aspect/);
  });

  it('says which prompts there are when one is not', async () => {
    const library = await load(promptFile());
    expect(() => library.get('quality/plain.v4')).toThrow(
      expect.objectContaining({
        code: 'prompt-not-found',
        message: expect.stringContaining('quality/plain.v3'),
      }),
    );
  });

  it('has a blind and a label-aware prompt for every aspect of ours, and marks the second', async () => {
    const library = await loadPrompts(promptsDir);
    const marked = library.ids.map((id) => [id, library.get(id).sawLabel]);
    const expected = ['authenticity', 'correspondence', 'quality'].flatMap((aspect) =>
      ['blind.v1', 'blind.v2', 'label-aware.v1', 'label-aware.v2'].map((name) => `${aspect}/${name}`),
    );
    const combined = ['blind-text.v1', 'blind.v1', 'label-aware-text.v1', 'label-aware.v1'];
    const ids = [...combined.map((name) => `all/${name}`), ...expected];
    expect(marked).toEqual(ids.map((id) => [id, id.includes('label-aware')]));
  });
});
