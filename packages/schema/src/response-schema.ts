import { z } from 'zod';
import { type Aspect, aspectSchema } from './aspect.ts';

/**
 * Shape that a structured answer must have: one text an aspect, none missing, nothing else. A JSON schema in the words that
 * Gemini and OpenAI have in common; what only one of them wants is added by its teacher.
 */
export const responseSchemaSchema = z.strictObject({
  type: z.literal('object'),
  properties: z.partialRecord(aspectSchema, z.strictObject({ type: z.literal('string') })),
  /** In the order in which they are asked for. */
  required: z.array(aspectSchema).min(1),
});
export type ResponseSchema = z.infer<typeof responseSchemaSchema>;

/** The schema of an answer that describes `aspects`. */
export function descriptionsSchema(aspects: readonly Aspect[]): ResponseSchema {
  const properties = Object.fromEntries(aspects.map((aspect) => [aspect, { type: 'string' as const }]));
  return { type: 'object', properties, required: [...aspects] };
}
