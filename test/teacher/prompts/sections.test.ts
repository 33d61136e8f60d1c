import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Aspect } from '@retort/schema';
import { buildPromptVariables, choosePrompt, loadPrompts, renderPrompt } from '@retort/teacher';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { promptsDir } from '../../fixtures/teacher/prompts-dir.ts';

const SUBJECT = {
  imagePrompt: 'a tray of sushi',
  mos: { quality: 1.25, correspondence: 2.5, authenticity: 3.75 },
  scale: { min: 0, max: 5 },
};
const library = await loadPrompts(promptsDir);

function render(id: string, aspects: readonly Aspect[]): string {
  const prompt = library.get(id);
  return renderPrompt(prompt, buildPromptVariables(prompt, SUBJECT, aspects), aspects);
}

describe('renderPrompt of a combined prompt', () => {
  it('asks about the aspects that are wanted and mentions no other, nor its MOS or image prompt', () => {
    const two = render('all/label-aware.v1', ['quality', 'authenticity']);
    expect(two).toContain('1.25');
    expect(two).toContain('3.75');
    expect(two).not.toMatch(/2\.50|correspondence|image_prompt|sushi|\{\{/);
    const three = render('all/label-aware.v1', ['quality', 'correspondence', 'authenticity']);
    expect(three).toMatch(
      /1\.25[\s\S]*2\.50[\s\S]*<image_prompt>a tray of sushi<\/image_prompt>[\s\S]*3\.75/,
    );
  });

  it('leaves no blank lines where a section fell away', () => {
    for (const id of library.ids.filter((name) => name.startsWith('all/'))) {
      for (const aspects of [
        ['quality', 'authenticity'],
        ['correspondence', 'authenticity'],
      ] as const) {
        expect(render(id, aspects)).not.toMatch(/\n\n\n|^\s|\s$/);
      }
    }
  });

  it('gives away no MOS in the blind forms', () => {
    for (const id of ['all/blind.v1', 'all/blind-text.v1']) {
      expect(render(id, library.get(id).aspects)).not.toMatch(/\d\.\d|MOS|opinion score/);
    }
  });

  it('ends with our words, not with those of the image prompt', () => {
    for (const id of library.ids) {
      const text = render(id, library.get(id).aspects);
      expect(text.lastIndexOf('no score')).toBeGreaterThan(text.lastIndexOf('</image_prompt>'));
    }
  });
});

describe('choosePrompt', () => {
  it('takes the newest version, or the one that is named', () => {
    const newest = choosePrompt(library, { aspect: 'quality', name: 'blind' });
    expect(newest).toMatchObject({ id: 'quality/blind.v2', aspects: ['quality'] });
    const first = choosePrompt(library, { aspect: 'quality', name: 'blind', version: 1 });
    expect(first).toMatchObject({ id: 'quality/blind.v1', aspects: ['quality'] });
    // The same words: what was asked with the first version needn't be asked again.
    expect(first.text).toBe(newest.text);
    expect(() => choosePrompt(library, { aspect: 'all', name: 'blind', version: 9 })).toThrow(
      /no prompt all\/blind\.v9; there are: all\/blind/,
    );
  });
});

describe('loadPrompts of a combined prompt', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'retort all-'));
    await mkdir(join(dir, 'all'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const TWO = '{{#quality}}\nHow good?\n{{/quality}}\n{{#authenticity}}\nHow real?\n{{/authenticity}}';
  const load = async (text: string, change: Readonly<Record<string, string>> = {}) => {
    const frontMatter = {
      aspects: '[quality, authenticity]',
      output: 'descriptions',
      variables: '[]',
      saw_label: 'false',
      source: 'us',
      ...change,
    };
    const lines = Object.entries(frontMatter).map((entry) => entry.join(': '));
    await writeFile(join(dir, 'all/mine.v1.md'), ['---', ...lines, '---', text].join('\n'));
    return loadPrompts(dir);
  };

  it('reads one about two aspects', async () => {
    expect((await load(TWO)).get('all/mine.v1')).toMatchObject({ aspects: ['quality', 'authenticity'] });
  });

  it.each([
    ['a section too few', TWO.split('\n').slice(0, 3).join('\n'), {}, /has a section/],
    ['no section', 'Look.', {}, /has a section/],
    ['a section of no aspect', TWO.replaceAll('quality', 'beauty'), {}, /sections are named/],
    ['a section without end', TWO.replace('{{/authenticity}}', ''), {}, /never ended/],
    ['a section in a section', TWO.replace('{{/quality}}\n', ''), {}, /before the next one begins/],
    ['one aspect', TWO, { aspects: '[quality]' }, /aspect is quality, but it lies in all/],
    ['no aspect', TWO, { aspects: '[]' }, /aspects/],
    ['old and new front matter', TWO, { aspect: 'quality' }, /`aspects` is the list/],
    ['a parser of one description', TWO, { output: 'description' }, /doesn't read 2/],
  ])('refuses %s', async (_what, text, change, message) => {
    await expect(load(text, change)).rejects.toMatchObject({
      code: 'prompt-invalid',
      message: expect.stringMatching(message),
    });
  });
});
