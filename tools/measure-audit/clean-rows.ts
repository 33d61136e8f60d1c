import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AuditRow,
  assignSplits,
  auditRowOf,
  buildConversation,
  compareRows,
  evaluationRow,
} from '@retort/corpus';
import { type RatedImage, readRatings } from '@retort/datasets';
import { ASPECTS, type Aspect, type CorpusRow, FIVE_POINT_SCALE, sha256 } from '@retort/schema';
import { loadStudentPrompts, parseAnswer, renderStudentQuestions } from '@retort/teacher';
import { z } from 'zod';

const recordingSchema = z.object({
  image: z.string(),
  aspect: z.enum(ASPECTS),
  model: z.string(),
  response: z.string(),
});

/**
 * Rows of the recordings in `dir` (data.csv, recordings/gemini-1.5-pro.jsonl), split by image prompt.
 *
 * @param raw true leaves the answers as they came, all in train; false cleans them as a run does
 */
export async function readRows(dir: string, promptsDir: string, raw: boolean): Promise<readonly AuditRow[]> {
  const rated = new Map<string, RatedImage>();
  for await (const row of readRatings(join(dir, 'data.csv'))) {
    if (row.kind === 'rated') rated.set(row.rated.name, row.rated);
  }
  const student = await loadStudentPrompts(promptsDir);
  const lines = (await readFile(join(dir, 'recordings/gemini-1.5-pro.jsonl'), 'utf8')).trim().split('\n');
  const rows = lines.flatMap((line) => {
    const { image, aspect, model, response } = recordingSchema.parse(JSON.parse(line));
    const sample = rated.get(image);
    const parsed = parseAnswer('description', response);
    if (sample === undefined || !parsed.ok || parsed.description === null) return [];
    const questions = renderStudentQuestions(student, { aspect, imagePrompt: sample.imagePrompt });
    return [rowOf(sample, aspect, model, raw ? response : parsed.description, questions)];
  });
  const samples = [...rated.values()].map(({ name, imagePrompt, generator }) => ({
    name,
    imagePrompt,
    generator,
    imageHash: sha256(name),
  }));
  const splits = assignSplits(samples, { by: 'image-prompt', seed: 0 });
  return rows.sort(compareRows).flatMap((conversation): AuditRow[] => {
    const { ratings = [] } = rated.get(conversation.sampleName) ?? {};
    const row = evaluationRow({
      ...conversation,
      split: raw ? 'train' : (splits.get(conversation.sampleName) ?? 'train'),
    });
    return row === null
      ? []
      : [auditRowOf(row, Object.fromEntries(ratings.map(({ aspect, mos }) => [aspect, mos])))];
  });
}

function rowOf(
  { name, imagePrompt, generator, generatorSetting, ratings }: RatedImage,
  aspect: Aspect,
  model: string,
  description: string,
  questions: { question: string; wordQuestion: string },
): Omit<CorpusRow, 'split'> {
  const hashes = { imageHash: sha256(name), blobHash: sha256(`prepared ${name}`), width: 512, height: 512 };
  const provenance = {
    sawLabel: true,
    promptId: 'label-aware',
    teacher: 'replay',
    model,
    requestKey: sha256(`${name} ${aspect}`),
  };
  return buildConversation({
    sample: { name, dataset: 'agiqa-3k', imagePrompt, generator, generatorSetting, ...hashes },
    aspect,
    description,
    mos: ratings.find((rating) => rating.aspect === aspect)?.mos ?? null,
    scale: FIVE_POINT_SCALE,
    ...questions,
    provenance,
  });
}
