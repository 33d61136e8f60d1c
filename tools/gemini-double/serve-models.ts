import type { Double } from './double.ts';
import { jsonReply, type Reply } from './google-errors.ts';
import { modelNotFound } from './refuse.ts';

/** `GET models`: all on one page. */
export function listModels({ settings }: Double): Reply {
  return jsonReply({ models: settings.models.map(describeModel) });
}

/** `GET models/{model}`. */
export function getModel({ settings }: Double, model: string): Reply {
  return settings.models.includes(model) ? jsonReply(describeModel(model)) : modelNotFound(model);
}

function describeModel(model: string): object {
  return {
    name: `models/${model}`,
    displayName: `${model} (gemini-double)`,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'batchGenerateContent'],
  };
}
