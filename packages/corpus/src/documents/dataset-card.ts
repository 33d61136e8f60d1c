import { SPLITS } from '@retort/schema';
import type { CorpusManifest } from '../manifest.ts';
import { splitRuleNotes } from '../splits/split-rule-notes.ts';
import { tokenSharesText } from '../tokens/token-shares.ts';
import { cardFiles, cardTraining } from './card-files.ts';
import { cardFrontMatter, cardTitle } from './card-front-matter.ts';
import { cardTeachers, isByGemini } from './card-teachers.ts';
import type { DocumentsInput } from './documents-input.ts';
import { inlineText } from './inline-text.ts';

/** The README.md of an export: Hugging Face's YAML on top, below it what a person must know before training on it. */
export function datasetCard(input: DocumentsInput): string {
  const { manifest } = input;
  const sections: readonly (readonly [heading: string | null, text: string])[] = [
    [null, `# ${inlineText(cardTitle(manifest))}`],
    [null, overview(input)],
    ['Teachers', cardTeachers(input)],
    ['Prompts', promptLines(manifest)],
    ['Split', splitLines(manifest)],
    ['Reviewed by people', reviewLine(manifest)],
    ['Files', cardFiles(input)],
    ['Tokens', input.tokenShares.map(tokenSharesText).join('\n')],
    ['Training', cardTraining(input)],
    ['Audit', auditLines(input)],
    ['Known limits', limitLines(input)],
    ['Sources', sourceLines(manifest)],
    ['Made by', commandLines(input)],
  ];
  const body = sections
    .filter(([, text]) => text !== '')
    .map(([heading, text]) => (heading === null ? text : `## ${heading}\n\n${text}`));
  return `${cardFrontMatter(input)}\n${body.join('\n\n')}\n`;
}

const ONE_ASPECT =
  'Each asks about one aspect of an image, holds a description of it and, where people rated the image, ends with one word. ';

function overview({ manifest, joined }: DocumentsInput): string {
  const splits = SPLITS.map((split) => `${split} ${manifest.rowsBySplit[split]}`).join(', ');
  const aspects = Object.entries(manifest.rowsByAspect).map(([aspect, rows]) => `${aspect} ${rows}`);
  return (
    `${manifest.rows} conversations about ${manifest.images} AI-generated images: ${splits}; ${aspects.join(', ')}. ` +
    `${joined === null ? ONE_ASPECT : severalAspects(joined)}` +
    `${manifest.ratedRows} rows are rated. Key \`${manifest.key}\`.`
  );
}

function severalAspects(aspects: readonly string[]): string {
  return (
    `Each asks about ${aspects.join(' and ')} of an image together, holds a description of each and, where people rated the image, ` +
    'ends with one word about one of them. '
  );
}

function promptLines({ promptVersions }: CorpusManifest): string {
  const lines = Object.entries(promptVersions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, hash]) => `- \`${id}\`: \`${hash}\``);
  return lines.length === 0 ? '' : `By id, with the hash of the file's words:\n\n${lines.join('\n')}`;
}

function splitLines(manifest: CorpusManifest): string {
  const leakage = leakageOf(manifest);
  return [
    `${splitRuleNotes(manifest.splitBy)} Seed ${manifest.seed}.`,
    ...(leakage.length === 0
      ? []
      : [
          `**This split leaks**, as was allowed by hand when it was made:\n\n${leakage.map((text) => `- ${inlineText(text)}`).join('\n')}`,
        ]),
    ...(manifest.sawLabelRows === 0
      ? []
      : [
          `${manifest.sawLabelRows} descriptions were written with the MOS in sight. They are training targets only: ` +
            `${manifest.wordOnlyRows} rows of val and test carry question and word, and no description.`,
        ]),
  ].join('\n\n');
}

/** Rules of honest evaluation that a split breaks, where its manifest lists them. */
function leakageOf(manifest: CorpusManifest): readonly string[] {
  return manifest.leakage ?? [];
}

/** How many rows a person touched, where the manifest counts them. */
function reviewLine(manifest: CorpusManifest): string {
  if (manifest.review === undefined) return '';
  const { accepted, edited, rejected } = manifest.review;
  return `Accepted ${accepted}, edited ${edited} of ${manifest.rows} rows; ${rejected} more were rejected and left out.`;
}

function auditLines({ audit }: DocumentsInput): string {
  if (audit.findings.length === 0) return `${audit.rows} rows, no findings.`;
  return audit.findings
    .map(
      ({ code, severity, rowCount, evidence }) =>
        `- **${severity}** \`${code}\`${rowCount === 0 ? '' : ` (${rowCount})`}: ${inlineText(evidence)}`,
    )
    .join('\n');
}

function limitLines(input: DocumentsInput): string {
  const { manifest } = input;
  return [
    '- Descriptions are a model’s: they can be wrong, and errors of one model are not independent of each other.',
    '- The MOS are those of the source’s raters, mapped to 0–5; words near a cut differ by chance.',
    ...(isByGemini(input)
      ? [
          '- Text by Gemini: Google’s terms of service for its API bind whoever obtained it, among them the limits on training models that ' +
            'compete with it. Read them before you publish this or train on it: https://ai.google.dev/gemini-api/terms',
        ]
      : []),
    ...(manifest.sawLabelRows > 0
      ? [
          '- Never evaluate on descriptions that were written with the MOS in sight: they give the answer away.',
        ]
      : []),
    '- The licence of the images stays that of their dataset.',
  ].join('\n');
}

function sourceLines({ sources }: CorpusManifest): string {
  return sources
    .map(
      ({ dataset, source, licence }) =>
        `- ${inlineText(dataset)}: ${inlineText(source ?? 'source unknown')}; licence: ${inlineText(licence ?? 'unknown')}`,
    )
    .join('\n');
}

function commandLines({ command }: DocumentsInput): string {
  const lead = 'Retort. The same answers, prompts and options give the same bytes.';
  return command === null ? lead : `${lead}\n\n    ${command}`;
}
