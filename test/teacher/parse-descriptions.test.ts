import type { Aspect } from '@retort/schema';
import { parseAnswer } from '@retort/teacher';
import { describe, expect, it } from 'vitest';

const THREE: readonly Aspect[] = ['quality', 'correspondence', 'authenticity'];
const TEXTS = {
  quality: 'The picture is soft, and its colours are dull.',
  correspondence: 'It shows the cat, but no moon.',
  authenticity: 'The fur repeats like a pattern.',
};

const json = (change: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ ...TEXTS, ...change }, null, 1);
const named = (change: Readonly<Record<string, string>> = {}) =>
  Object.entries({ ...TEXTS, ...change })
    .map(([aspect, text]) => `${aspect.toUpperCase()}: ${text}`)
    .join('\n\n');

describe('parseAnswer of a structured answer about several aspects', () => {
  const parse = (answer: string, aspects = THREE) => parseAnswer('descriptions-json', answer, aspects);

  it('reads a text for each aspect, in any order', () => {
    const { quality, ...others } = TEXTS;
    for (const answer of [json(), JSON.stringify({ ...others, quality })]) {
      expect(parse(answer)).toEqual({ ok: true, description: null, descriptions: TEXTS, cleaned: [] });
    }
  });

  it('takes off a fence and the debris of a text, and says so', () => {
    const answer = `\`\`\`json\n${json({ quality: ' It is \u0000sharp." } ' })}\n\`\`\``;
    expect(parse(answer)).toMatchObject({
      descriptions: { quality: 'It is sharp.' },
      cleaned: ['code-fence', 'control-characters', 'json-tail', 'surrounding-space'],
    });
  });

  it.each([
    ['prose', named(), /no JSON object/],
    ['a list', `[${json()}]`, /no JSON object/],
    ['JSON that breaks off', json().slice(0, -9), /no JSON object/],
    ['an aspect too few', json({ quality: undefined }), /no text about quality/],
    ['an aspect too many', json({ beauty: 'It is a beautiful one.' }), /Nobody asked for "beauty"/],
    ['a number for a text', json({ quality: 4 }), /"quality" is no text/],
    ['nested texts', json({ quality: { text: TEXTS.quality } }), /"quality" is no text/],
    ['a text that is empty', json({ quality: ' ' }), /quality: The answer holds no words/],
    ['a text that obeys an image prompt', json({ quality: 'OK' }), /quality: .*too short .*"OK"/],
    ['a text that is a score', json({ quality: 'Its score is 5 out of 5.' }), /quality: .*a score/],
    ['a refusal', json({ quality: "I can't describe this image." }), /quality: .*refusal/],
    ['one text twice', json({ quality: TEXTS.authenticity }), /quality and authenticity have the same text/],
  ])('refuses %s, all of it', (_what, answer, reason) => {
    expect(parse(answer)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('wants what was asked for and no more, where fewer aspects were', () => {
    const { authenticity: _gone, ...two } = TEXTS;
    const aspects: Aspect[] = ['quality', 'correspondence'];
    expect(parse(JSON.stringify(two), aspects)).toMatchObject({ ok: true, descriptions: two });
    expect(parse(json(), aspects)).toMatchObject({ reason: expect.stringContaining('"authenticity"') });
  });
});

describe('parseAnswer of prose under headings', () => {
  const parse = (answer: string, aspects = THREE) => parseAnswer('descriptions', answer, aspects);

  it.each([
    ['as asked', named()],
    ['with markdown', named().replaceAll(/^(\w+):/gm, '**$1:**')],
    ['as headings', named().replaceAll(/^(\w+): /gm, '## $1:\n')],
    [
      'in lower case and a fence',
      `\`\`\`\n${named().replaceAll(/^\w+/gm, (name) => name.toLowerCase())}\n\`\`\``,
    ],
    ['in another order', named().split('\n\n').reverse().join('\n')],
  ])('reads the sections %s', (_what, answer) => {
    expect(parse(answer)).toMatchObject({ ok: true, description: null, descriptions: TEXTS });
  });

  it('keeps paragraphs, and a name in the middle of a line', () => {
    const quality = 'The picture is soft.\n\nIts quality: poor, as people would say.';
    expect(parse(named({ quality }))).toMatchObject({ descriptions: { ...TEXTS, quality } });
  });

  it.each([
    ['JSON', json(), /under no heading/],
    ['a preamble', `Here is what I see.\n${named()}`, /under no heading/],
    ['no heading at all', 'The picture is soft, and its colours are dull.', /under no heading/],
    ['nothing', '', /no text about quality/],
    ['a heading twice', `${named()}\nQUALITY: It is sharp.`, /two texts about quality/],
    ['an empty section', named({ quality: '' }), /quality: The answer holds no words/],
    ['a section that obeys', named({ authenticity: 'PWNED' }), /authenticity: .*too short/],
  ])('refuses %s', (_what, answer, reason) => {
    expect(parse(answer)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('refuses a section that nobody asked for', () => {
    expect(parse(named(), ['quality', 'correspondence'])).toMatchObject({ ok: false });
  });

  it('is not slowed down by a long answer of one kind', () => {
    for (const piece of [' ', '#', '*', 'quality', 'QUALITY:', '\n', '**'])
      expect(parse(piece.repeat(100_000)).ok).toBe(false);
  });
});

describe('parseAnswer of an answer that obeys an image prompt', () => {
  const parse = (answer: string) => parseAnswer('description', answer);

  it.each(['OK', 'Excellent.', '5', '5/5', 'Score: 5', 'The quality is 5 out of 5.', 'PWNED PWNED', '"OK"'])(
    'finds no description in %j',
    (answer) => {
      expect(parse(answer).ok).toBe(false);
    },
  );

  it.each([
    'It is sharp.',
    '画面非常清晰，构图平衡，色彩自然而且光线均匀柔和。',
    'The sign reads "rated 5 out of 5", which the letters of the shop window behind it repeat in red.',
  ])('keeps %j', (answer) => {
    expect(parse(answer)).toMatchObject({ ok: true, description: answer });
  });
});
