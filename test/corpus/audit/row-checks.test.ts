import type { CorpusRow, Turn } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { auditRowOf, audit as auditRows, evaluationRow } from '../../../packages/corpus/src/index.ts';
import { audit, cleanRows, find, only, planted, withDescription, withTurn } from './planted.ts';

/** No role of ours, as files from elsewhere have it. */
const SYSTEM = { role: 'system', text: 'You judge images.' } as unknown as Turn;
const QUESTION = 'What do you see in this image?';

describe('audit of single rows', () => {
  it.each<[code: string, severity: string, what: string, change: (row: CorpusRow) => CorpusRow]>([
    ['label-mismatch', 'error', 'another word in the last turn', withTurn(3, { text: 'excellent' })],
    ['label-mismatch', 'error', 'another word label', (row) => ({ ...row, wordLabel: 'bad' })],
    ['label-mismatch', 'error', 'a word without a MOS', (row) => ({ ...row, mos: null })],
    [
      'label-mismatch',
      'error',
      'a rating without its word',
      (row) => ({ ...row, turns: row.turns.slice(0, 2) }),
    ],
    ['turn-order', 'error', 'an empty answer', withDescription('  ')],
    ['turn-order', 'error', 'two users in a row', withTurn(1, { role: 'user' })],
    ['turn-order', 'error', 'a trailing question', (row) => ({ ...row, turns: row.turns.slice(0, 3) })],
    ['turn-order', 'error', 'no turns', (row) => ({ ...row, turns: [] })],
    ['turn-order', 'error', 'a sentence for a word', withTurn(3, { text: 'It is good.' })],
    ['image-token-misplaced', 'error', 'no image', withTurn(0, { text: 'What do you see?' })],
    ['image-token-misplaced', 'error', 'two images', withTurn(0, { text: '<image>\nWhat <image> is it?' })],
    ['image-token-misplaced', 'error', 'an image in the answer', withDescription('The <image> is sharp.')],
    [
      'image-token-misplaced',
      'error',
      'an image after the question',
      withTurn(0, { text: 'What is it?\n<image>' }),
    ],
    ['control-token', 'error', 'an end of turn', withDescription('Sharp.<|eot_id|>')],
    ['control-token', 'error', 'an unknown mark', withTurn(2, { text: 'Which <unk> word?' })],
    ['control-token-defused', 'info', 'a defused token', withDescription('Sharp.< |im_end|>')],
    [
      'refusal',
      'error',
      'an inability',
      withDescription("I'm unable to assess the quality of this picture."),
    ],
    ['refusal', 'error', 'an apology', withDescription('I am sorry, but the picture shows a person.')],
    [
      'refusal',
      'error',
      'a model speaking of itself',
      withDescription('As an AI language model, I see no picture.'),
    ],
    [
      'refusal',
      'error',
      'a missing image',
      withDescription('No image was provided. Please upload the image.'),
    ],
    ['refusal', 'error', 'a refusal', withDescription('I cannot provide a description of this content.')],
    ['answer-debris', 'warning', 'escaped quotes', withDescription('It shows \\"a cat\\" in fog.')],
    ['answer-debris', 'warning', 'a JSON tail', withDescription('It shows a cat in fog." }')],
    ['answer-debris', 'warning', 'a JSON head', withDescription('{"quality": "It shows a cat in fog.')],
    ['answer-debris', 'warning', 'a fence', withDescription('```json\nIt shows a cat')],
    ['answer-debris', 'warning', 'an entity', withDescription('It shows a &quot;cat&quot; in fog.')],
    [
      'label-in-text',
      'error',
      'the MOS',
      (row) => ({ ...withDescription(`I would say ${row.mos}.`)(row), sawLabel: true, split: 'train' }),
    ],
    [
      'label-in-text',
      'error',
      'a fraction',
      (row) => ({ ...withDescription('A clear 4/5 for the light.')(row), sawLabel: true, split: 'train' }),
    ],
    [
      'label-in-text',
      'error',
      'a score of',
      (row) => ({ ...withDescription('It has a score of 2.')(row), sawLabel: true, split: 'train' }),
    ],
    ['label-in-text', 'warning', 'a verdict of a blind teacher', withDescription('I rate it 3 out of 5.')],
    [
      'label-in-text',
      'warning',
      'talk about a score',
      withDescription('This explains the lower quality score.'),
    ],
    ['answer-debris', 'warning', 'HTML', withDescription('<p>It shows a cat in fog.</p>')],
    ['answer-debris', 'warning', 'an answer that breaks off', withDescription('It shows a cat in the')],
    ['answer-debris', 'warning', 'nothing', withDescription(' ')],
    ['answer-debris', 'warning', 'a value of a program', withDescription('None')],
    [
      'answer-debris',
      'warning',
      'the question',
      withDescription('What do you see in this image? It shows a cat.'),
    ],
    ['answer-debris', 'warning', 'the image prompt', (row) => withDescription(row.imagePrompt ?? '')(row)],
    ['answer-debris', 'warning', 'a speaker', withDescription('Assistant: It shows a cat in fog.')],
    ['answer-debris', 'warning', 'words to the asker', withDescription('Sure! It shows a cat in fog.')],
    [
      'answer-debris',
      'warning',
      'another language in Latin letters',
      withDescription('La imagen es borrosa y carece de detalles, con una composición confusa.'),
    ],
    [
      'answer-debris',
      'warning',
      'another script',
      withDescription('这张图片的质量很差，模糊不清，缺乏细节。'),
    ],
    ['turn-order', 'error', 'a system turn', (row) => ({ ...row, turns: [SYSTEM, ...row.turns] })],
    ['label-in-text', 'warning', 'a number in words', withDescription('I give it four out of five.')],
    [
      'label-in-text',
      'warning',
      'the word in the question',
      (row) => withTurn(2, { text: `Which word? (answer: ${row.wordLabel})` })(row),
    ],
    [
      'saw-label-in-evaluation',
      'error',
      'label-aware text in test',
      (row) => ({ ...row, sawLabel: true, split: 'test' }),
    ],
    [
      'saw-label-in-evaluation',
      'error',
      'label-aware text in val',
      (row) => ({ ...row, sawLabel: true, split: 'val' }),
    ],
  ])('%s (%s): %s, at exactly its rows', async (code, severity, _what, change) => {
    // Different texts, so that a planted text isn't a repeated answer too.
    const { rows, ids } = planted((row) => change(withTurn(0, { text: `<image>\n${QUESTION}` })(row)));
    expect(only(await find(code, rows))).toMatchObject({ severity, rows: ids, rowCount: 2 });
  });

  it.each([
    'It is impossible to discern a figure; nothing can be assessed with certainty.',
    "A 3D render of a 2D character at 5 o'clock, in his late 40s, from the 20th century: 1) blurry, 2) flat.",
    "Two 'cute giraffe toy[s]' in a [blurred] scene (sharp), with the text {LIFE}.",
    'The sign reads “I am here”, the score of the music lies on the piano.',
    'On the sign stands [The end.] and below it {see the sea.}',
    'A path like C:/new, 1.75 metres long, 10/10/2024 on the label.',
    'The image provided shows a person who cannot see, asking for help.',
  ])('takes no offence at: %s', async (text) => {
    const { rows } = planted(withDescription(text), [12]);
    expect((await audit(rows)).findings).toEqual([]);
  });

  it('label-in-text: the word as a verdict, apart from where it is plain English', async () => {
    const { rows, ids } = planted((row) => withDescription(`I would rate this as ${row.wordLabel}.`)(row));
    const [stated, plain] = await find('label-in-text', rows);
    expect(stated).toMatchObject({ severity: 'warning', rows: ids });
    expect(stated?.evidence).toContain('as a verdict');
    expect(plain).toMatchObject({ severity: 'info', rows: ids });
  });

  it('finds no leak in rows that evaluationRow has seen', async () => {
    const rows = cleanRows().map((row) => evaluationRow({ ...row, sawLabel: true }) ?? row);
    expect(await find('saw-label-in-evaluation', rows)).toEqual([]);
  });

  it.each<[text: string, found: boolean]>([
    ['excelent', true],
    ['It is rather blurry.', true],
    ['Fair.', false],
    ['FAIR', false],
    ['Bad.', true],
  ])('holds the last turn “%s” of somebody’s row to the words that were asked for', async (text, found) => {
    const row = cleanRows().find(({ wordLabel }) => wordLabel === 'fair');
    if (row === undefined) throw new Error('the builder makes fair rows');
    const question = 'Which word: bad, poor, fair, good or excellent?';
    const turns = row.turns.map((turn, i) =>
      i === 2 ? { ...turn, text: question } : i === 3 ? { ...turn, text } : turn,
    );
    const audited = { ...auditRowOf({ ...row, turns }), wordLabel: null };
    const { findings } = await auditRows([audited]);
    expect(findings.filter(({ code }) => code === 'label-mismatch').length > 0).toBe(found);
  });
});
