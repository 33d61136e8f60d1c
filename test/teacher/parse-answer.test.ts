import { readFile } from 'node:fs/promises';
import { parseAnswer } from '@retort/teacher';
import { describe, expect, it } from 'vitest';
import { sampleRecordingsPath } from '../fixtures/teacher/sample-recordings.ts';

const parse = (answer: string) => parseAnswer('description', answer);

describe('parseAnswer', () => {
  it.each([
    ['inner double spaces and markdown', 'It  is **sharp**.\n\n* light: even\n* colour: warm'],
    ['quotes and braces of the prose', 'The "moon sea" is {almost} there, as [toy]'],
    ['a quotation at the end', 'It lacks the sense of an "uprising."'],
    ['a quotation at both ends', '"Dragon" is what it shows, and not a "house"'],
    ['a backslash that escapes nothing', 'A face like ¯\\_(ツ)_/¯ is drawn.'],
    ['a list that a quotation ends', 'It shows "a cat",'],
    ['an apology that describes', "I can't see a dragon in the picture, which is soft and dark."],
  ])('leaves %s as it is, byte for byte', (_what, answer) => {
    expect(parse(answer)).toEqual({ ok: true, description: answer, cleaned: [] });
  });

  it.each([
    ['It is absent." }', 'It is absent.', ['json-tail']],
    ['It is absent. " }', 'It is absent.', ['json-tail', 'surrounding-space']],
    ['It is absent.  }', 'It is absent.', ['json-tail']],
    ['It is absent."}]', 'It is absent.', ['json-tail']],
    ['It is absent." ,', 'It is absent.', ['json-tail']],
    ['The aspect of "huge." }', 'The aspect of "huge."', ['json-tail']],
    ["As in 'a kitchen.'\" }", "As in 'a kitchen.'", ['json-tail']],
    ['The \\"moon sea.\\" }', 'The "moon sea."', ['json-tail', 'json-escapes']],
    ['The \\"moon\\" is \\\\\\"red\\\\\\".', 'The "moon" is "red".', ['json-escapes']],
    ['It has:\\n- a moon\\n- a sea', 'It has:\n- a moon\n- a sea', ['json-escapes']],
    ['It is a caf\\u00e9.', 'It is a café.', ['json-escapes']],
    [' It is sharp. \n', 'It is sharp.', ['surrounding-space']],
    ['It is\u0000 sharp.\r\nVery.', 'It is sharp.\nVery.', ['control-characters']],
    ['It is sharp\ud83d.', 'It is sharp\ufffd.', ['control-characters']],
    ['```\nIt is sharp.\n```', 'It is sharp.', ['code-fence']],
    ['```json\n{"description": "It is \\"sharp\\"."}\n```', 'It is "sharp".', ['code-fence', 'json-wrapper']],
    ['{"description": "It is sharp.", "score": 3}', 'It is sharp.', ['json-wrapper']],
    ['[{"quality": "It is sharp."}]', 'It is sharp.', ['json-wrapper']],
    ['"It is sharp."', 'It is sharp.', ['json-wrapper']],
    ['{"description": "It is sharp.', 'It is sharp.', ['json-repaired']],
  ])('reads %j', (answer, description, cleaned) => {
    expect(parse(answer)).toEqual({ ok: true, description, cleaned });
  });

  it.each([
    ['', /no words/],
    [' \n', /no words/],
    ['…!?', /no words/],
    ['{"score": 3}', /JSON/],
    ['{"a": "One.", "b": "Two."}', /JSON/],
    ["I'm sorry, but I can't assist with that request.", /refusal/],
    ['I cannot describe this image.', /refusal/],
    ['As an AI, I am unable to view images. Please describe it.', /refusal/],
  ])('finds no description in %j', (answer, reason) => {
    expect(parse(answer)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('is not slowed down by a long answer of one kind', () => {
    for (const piece of [' ', '"', '}', '\\', '`', '\n', '{"'])
      expect(parse(piece.repeat(300_000)).ok).toBe(false);
  });

  it('changes only the recorded answers of the sample that carry debris', async () => {
    const lines = (await readFile(sampleRecordingsPath, 'utf8')).trim().split('\n');
    const answers = lines.map((line): string => JSON.parse(line).response);
    const counts: Record<string, number> = {};
    let changed = 0;
    for (const answer of answers) {
      const parsed = parse(answer);
      if (!parsed.ok) throw new Error(`no description in: ${answer}`);
      for (const name of parsed.cleaned) counts[name] = (counts[name] ?? 0) + 1;
      if (parsed.cleaned.length > 0) changed++;
      if (parsed.cleaned.length === 0) expect(parsed.description).toBe(answer);
      else expect(answer).toMatch(/\\["n]|["}\s,]+$/);
    }
    expect({ answers: answers.length, changed, ...counts }).toEqual({
      answers: 594,
      changed: 71,
      'json-tail': 18,
      'json-escapes': 38,
      'surrounding-space': 19,
    });
  });
});
