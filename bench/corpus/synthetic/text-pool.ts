import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findReader, sampleDataset } from '@retort/datasets';
import { type Aspect, aspectSchema, WORD_LABELS, wordLabelOf } from '@retort/schema';
import { loadStudentPrompts, parseAnswer } from '@retort/teacher';
import { z } from 'zod';
import { REPOSITORY } from '../../machine.ts';

const aspectPoolSchema = z.object({
  aspect: aspectSchema,
  /** First and second halves of real descriptions, as the parser left them; any two make a new one. */
  heads: z.array(z.string()),
  tails: z.array(z.string()),
  /** Those of real samples: labels come as often as they do there. */
  ratings: z.array(z.object({ mos: z.number(), word_label: z.enum(WORD_LABELS) })),
  /** The student's question, cut where an image prompt stands. */
  question_parts: z.array(z.string()),
  word_question: z.string(),
});

const textPoolSchema = z.object({
  /** In the order of a corpus. */
  aspects: z.array(aspectPoolSchema),
  image_prompts: z.array(z.string()),
});

/** What synthetic rows are put together from, in the product's process and in a baseline's. */
export type TextPool = z.infer<typeof textPoolSchema>;
export type AspectPool = TextPool['aspects'][number];

export async function readTextPool(file: string): Promise<TextPool> {
  return textPoolSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** The texts, ratings and image prompts of the sample that comes with Retort. */
export async function buildTextPool(): Promise<TextPool> {
  const { reader, path, recordings } = sampleDataset();
  const students = await loadStudentPrompts(join(REPOSITORY, 'prompts'));
  const imagePrompts = new Set<string>();
  const mosOf = new Map<Aspect, number[]>();
  for await (const row of (await findReader(reader).open({ path })).rows()) {
    if (row.kind === 'rejected') continue;
    if (row.sample.imagePrompt !== null) imagePrompts.add(row.sample.imagePrompt);
    for (const { aspect, mos } of row.sample.ratings) mosOf.set(aspect, [...(mosOf.get(aspect) ?? []), mos]);
  }
  const halves = await readHalves(recordings);
  const aspects = [...mosOf]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([aspect, ratings]): AspectPool => {
      const student = students.get(aspect);
      if (student === undefined) throw new Error(`no student's question about ${aspect} in prompts/`);
      return {
        aspect,
        heads: halves.filter((half) => half.aspect === aspect).map(({ head }) => head),
        tails: halves.filter((half) => half.aspect === aspect).map(({ tail }) => tail),
        ratings: ratings.map((mos) => ({ mos, word_label: wordLabelOf(mos) })),
        question_parts: student.question.split('{{image_prompt}}'),
        word_question: student.wordQuestion,
      };
    });
  return { aspects, image_prompts: [...imagePrompts] };
}

const recordingSchema = z.object({ aspect: aspectSchema, response: z.string() });

/** Each recorded description in two, at the end of a sentence about its middle. */
async function readHalves(recordings: string) {
  const lines = (await readFile(recordings, 'utf8')).trim().split('\n');
  return lines.flatMap((line) => {
    const { aspect, response } = recordingSchema.parse(JSON.parse(line));
    const parsed = parseAnswer('description', response);
    if (!parsed.ok || parsed.description === null) return [];
    const sentences = parsed.description.split(/(?<=[.!?])\s+/u);
    const middle = Math.ceil(sentences.length / 2);
    const [head, tail] = [sentences.slice(0, middle).join(' '), sentences.slice(middle).join(' ')];
    return tail === '' ? [] : [{ aspect, head, tail }];
  });
}
