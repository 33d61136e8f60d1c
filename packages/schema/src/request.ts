import { z } from 'zod';
import { aspectSchema } from './aspect.ts';
import { type ContentHash, canonicalJson, sha256 } from './hash.ts';

/** Raised when the meaning of a request's content changes; old answers then keep their old keys. */
export const REQUEST_KEY_VERSION = 1;

/** How the teacher is asked to generate. Absent members are the model's own defaults. */
export const generationSettingsSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  /** Hash of the recordings file a replay answers from: other recordings are other answers. */
  recordings: z.string().optional(),
});
export type GenerationSettings = z.infer<typeof generationSettingsSchema>;

/** What is asked of a teacher: everything that decides the answer, and nothing else, enters the key. */
export interface RequestContent {
  readonly teacher: string;
  readonly model: string;
  /** The rendered prompt: image prompt, and in label-aware form the MOS, filled in. */
  readonly promptText: string;
  /** Hash of the source image's bytes, before preparation. */
  readonly imageHash: string;
  readonly prepareRecipe: string;
  readonly settings: GenerationSettings;
  readonly responseSchema: unknown;
  /** 0 unless asked again on purpose. */
  readonly repeat: number;
}

/** Identity of a request. Equal content is asked, paid and stored once. */
export function requestKey(content: RequestContent): ContentHash {
  return sha256(
    canonicalJson({
      keyVersion: REQUEST_KEY_VERSION,
      teacher: content.teacher,
      model: content.model,
      promptText: content.promptText,
      imageHash: content.imageHash,
      prepareRecipe: content.prepareRecipe,
      settings: content.settings,
      responseSchema: content.responseSchema ?? null,
      repeat: content.repeat,
    }),
  );
}

/** A request on its way to a teacher: about 1 KB, never image bytes. */
export const teacherRequestSchema = z.strictObject({
  key: z.string().startsWith('sha256:'),
  teacher: z.string(),
  model: z.string(),
  aspect: aspectSchema,
  promptId: z.string(),
  promptText: z.string(),
  /** The prepared image's blob. */
  blobHash: z.string().startsWith('sha256:'),
  mediaType: z.string(),
  /** The dataset's name for the image: for logs and for a replay; not in the key. */
  imageName: z.string(),
  settings: generationSettingsSchema,
  maxOutputTokens: z.number().int().positive(),
});
export type TeacherRequest = z.infer<typeof teacherRequestSchema>;
