import type { ResponseSchema } from '@retort/schema';

/** The part of Gemini's generationConfig that makes it answer in JSON of this shape; nothing for prose. */
export function structuredOutput(responseSchema: ResponseSchema | undefined): object {
  if (responseSchema === undefined) return {};
  // The order is told apart: JSON has none, and a model writes best about what it was asked first.
  const schema = { ...responseSchema, propertyOrdering: responseSchema.required };
  return { responseMimeType: 'application/json', responseSchema: schema };
}
