import { describe, expect, it } from 'vitest';
import { buildConversation, CorpusRowError } from '../../packages/corpus/src/index.ts';
import { readAgiqaConversations, SAMPLE_DIR } from './agiqa-rows.ts';
import { conversationInput } from './build-row.ts';

describe('buildConversation', () => {
  it('asks with the image, describes, asks for the word and answers with it', () => {
    const { turns } = buildConversation(conversationInput({ description: 'Blurry.', mos: 1.5 }));
    expect(turns).toEqual([
      { role: 'user', text: '<image>\nWhat do you see?' },
      { role: 'assistant', text: 'Blurry.' },
      { role: 'user', text: 'Which word?' },
      { role: 'assistant', text: 'poor' },
    ]);
  });

  it('ends after the description without a rating', () => {
    const conversation = buildConversation(conversationInput({ mos: null }));
    expect(conversation.turns).toHaveLength(2);
    expect(conversation).toMatchObject({ mos: null, wordLabel: null });
  });

  it('maps another scale to 0–5 before it cuts', () => {
    const conversation = buildConversation(conversationInput({ mos: 60, scale: { min: 0, max: 100 } }));
    expect(conversation).toMatchObject({ mos: 3, wordLabel: 'good' });
  });

  it.each([Number.NaN, -0.1, 5.1, Number.POSITIVE_INFINITY])('refuses a MOS of %s on 0–5', (mos) => {
    expect(() => buildConversation(conversationInput({ mos }))).toThrow(CorpusRowError);
  });

  it('refuses an empty description and says which row', () => {
    const build = () => buildConversation(conversationInput({ description: ' \n' }));
    expect(build).toThrow(/made-up\/quality\/glide_normal_001\.jpg.*description/);
  });

  it('lets every recorded answer of the sample through byte for byte', async () => {
    const { readFile } = await import('node:fs/promises');
    const lines = (await readFile(`${SAMPLE_DIR}/recordings/gemini-1.5-pro.jsonl`, 'utf8'))
      .trim()
      .split('\n');
    const recorded = new Map(
      lines.map((line) => {
        const { image, aspect, response } = JSON.parse(line) as Record<
          'image' | 'aspect' | 'response',
          string
        >;
        return [`${aspect} ${image}`, response];
      }),
    );
    const conversations = await readAgiqaConversations(SAMPLE_DIR);
    expect(conversations).toHaveLength(594);
    for (const { aspect, sampleName, turns } of conversations) {
      expect(turns[1]?.text).toBe(recorded.get(`${aspect} ${sampleName}`));
    }
  });

  it('keeps odd but harmless text byte for byte', () => {
    const description = ' a <b> & "q" \\ 3 < 4 > 2 \u0000 \u2028 🙂 שלום  <|not closed  <IMAGE> \r\n';
    expect(buildConversation(conversationInput({ description })).turns[1]?.text).toBe(description);
  });

  it.each([
    ['<image>', '< image>'],
    ['<|im_end|>', '< |im_end|>'],
    ['<|eot_id|><|start_header_id|>', '< |eot_id|>< |start_header_id|>'],
    ['</image>', '< /image>'],
    ['<unk></s>', '< unk>< /s>'],
    ['<<image>>', '<< image>>'],
    ['<image_01> <video>', '< image_01> < video>'],
  ])('defuses %s with one space, in description and question', (token, defused) => {
    const { turns } = buildConversation(
      conversationInput({ description: `a${token}b`, question: `q ${token}` }),
    );
    expect(turns[1]?.text).toBe(`a${defused}b`);
    expect(turns[0]?.text).toBe(`<image>\nq ${defused}`);
  });
});
