import { describe, expect, it } from 'vitest';
import { resolveColumns } from '../../packages/datasets/src/columns.ts';
import { parseColumnMapping } from '../../packages/datasets/src/index.ts';

describe('parseColumnMapping', () => {
  it('reads pairs of our name and theirs', () => {
    expect(parseColumnMapping('name=file, image_prompt = the caption ,mos_quality=q')).toEqual({
      name: 'file',
      image_prompt: 'the caption',
      mos_quality: 'q',
    });
  });

  it.each([
    ['', '""'],
    ['name', '"name"'],
    ['name=', '"name="'],
    ['name=a,,', '""'],
    ['mos=q', 'knows no "mos"'],
    ['name=a,name=b', 'name twice'],
  ])('refuses %j in one line', (text, part) => {
    expect(() => parseColumnMapping(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => parseColumnMapping(text)).toThrow(part);
  });
});

describe('resolveColumns', () => {
  it.each([
    ['name', 'image_prompt'],
    ['image', 'prompt'],
    ['file_name', 'caption'],
    ['filename', 'text'],
  ])('knows %s and %s without a mapping', (name, imagePrompt) => {
    expect(resolveColumns('t.csv', ['id', imagePrompt, name], {})).toEqual({ name: 2, image_prompt: 1 });
  });

  it('prefers the mapping, then our own name, then the usual ones in their order', () => {
    const header = ['filename', 'image', 'name', 'file'];
    expect(resolveColumns('t.csv', header, { name: 'file' }).name).toBe(3);
    expect(resolveColumns('t.csv', header, {}).name).toBe(2);
    expect(resolveColumns('t.csv', header.slice(0, 2), {}).name).toBe(1);
  });

  it('refuses a mapping to a column that is not there', () => {
    expect(() => resolveColumns('t.csv', ['name'], { mos_quality: 'q' })).toThrow(
      't.csv has no column "q" for mos_quality; its columns are name. Say which one it is: --columns mos_quality=<column>.',
    );
  });

  it('sees a table separated by semicolons', () => {
    expect(() => resolveColumns('t.csv', ['name;prompt'], {})).toThrow('semicolons');
  });

  it('refuses a column that stands twice, if it is needed', () => {
    expect(resolveColumns('t.csv', ['name', 'x', 'x'], {})).toEqual({ name: 0 });
    expect(() => resolveColumns('t.csv', ['name', 'x', 'name'], {})).toThrow('"name" twice');
  });
});
