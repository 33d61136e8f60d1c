import type { Aspect, Descriptions } from '@retort/schema';
import { type ParseCleanUp, parseDescription } from './parse-description.ts';
import { type ParsedTexts, parseJsonDescriptions, parseNamedDescriptions } from './parse-descriptions.ts';

export type ParsedAnswer =
  | {
      readonly ok: true;
      /** Of an answer about one aspect. */
      readonly description: string;
      /** What was taken off, in the order applied; empty when the answer is the description, byte for byte. */
      readonly cleaned: readonly ParseCleanUp[];
    }
  | {
      readonly ok: true;
      readonly description: null;
      /** Of an answer about several aspects: one for each that was asked about. */
      readonly descriptions: Descriptions;
      readonly cleaned: readonly ParseCleanUp[];
    }
  | { readonly ok: false; readonly reason: string };

/** Names that a prompt's `output` can have, one parser each; those in the plural read several aspects. */
export const PARSER_NAMES = ['description', 'descriptions', 'descriptions-json'] as const;
export type ParserName = (typeof PARSER_NAMES)[number];

type Parser = (answer: string, aspects: readonly Aspect[]) => ParsedAnswer;

const PARSERS: Readonly<Record<ParserName, Parser>> = {
  description: (answer) => {
    const parsed = parseDescription(answer);
    return parsed.ok ? { ok: true, description: parsed.text, cleaned: parsed.cleaned } : parsed;
  },
  descriptions: (answer, aspects) => toAnswer(parseNamedDescriptions(answer, aspects)),
  'descriptions-json': (answer, aspects) => toAnswer(parseJsonDescriptions(answer, aspects)),
};

/** True for parsers of answers about several aspects. */
export function isCombinedParser(name: ParserName): boolean {
  return name !== 'description';
}

/**
 * Reads a teacher's answer with the parser that its prompt names. Pure: stored answers can be read again offline.
 *
 * @param aspects what the request asked about; of no matter to `description`, which is about whatever was asked
 */
export function parseAnswer(
  parserName: ParserName,
  text: string,
  aspects: readonly Aspect[] = [],
): ParsedAnswer {
  return PARSERS[parserName](text, aspects);
}

function toAnswer(parsed: ParsedTexts): ParsedAnswer {
  if (!parsed.ok) return parsed;
  return { ok: true, description: null, descriptions: parsed.texts, cleaned: parsed.cleaned };
}
