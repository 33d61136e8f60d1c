import { z } from 'zod';
import { type Aspect, aspectSchema, type RequestAspect, requestAspectSchema } from './aspect.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ContentHash, sha256 } from './hash.ts';
import { responseSchemaSchema } from './response-schema.ts';

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
  aspect: requestAspectSchema,
  /** What it asks about, where that is more than the one that `aspect` names. */
  aspects: z.array(aspectSchema).min(1).optional(),
  promptId: z.string(),
  promptText: z.string(),
  /** The prepared image's blob. */
  blobHash: z.string().startsWith('sha256:'),
  mediaType: z.string(),
  /** The dataset's name for the image: for logs and for a replay; not in the key. */
  imageName: z.string(),
  settings: generationSettingsSchema,
  maxOutputTokens: z.number().int().positive(),
  /** Absent: prose, or whatever form the prompt's words ask for. */
  responseSchema: responseSchemaSchema.optional(),
});
export type TeacherRequest = z.infer<typeof teacherRequestSchema>;

/** The aspects of which an answer to this request must hold a description. */
export function aspectsAsked(request: {
  readonly aspect: RequestAspect;
  readonly aspects?: readonly Aspect[] | undefined;
}): readonly Aspect[] {
  if (request.aspects !== undefined) return request.aspects;
  if (request.aspect === 'all') throw new TypeError('a request about several aspects names them');
  return [request.aspect];
}
