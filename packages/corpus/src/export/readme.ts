import { SPLITS } from '@retort/schema';
import type { AuditReport } from '../audit/finding.ts';
import type { CorpusManifest } from '../manifest.ts';
import { splitRuleNotes } from '../splits/split-rule-notes.ts';
import { trainingCommand } from '../training-command.ts';
import { AUDIT_FILE, MANIFEST_FILE, SUMS_FILE } from './export-files.ts';

/** The README.md of an exported corpus: what it is, what to know of it, how to train on it. Depends on nothing but its arguments. */
export function corpusReadme(
  manifest: CorpusManifest,
  audit: AuditReport,
  formats: readonly string[],
): string {
  return `${[
    '# Corpus of conversations about AI-generated images',
    `Key \`${manifest.key}\`. ${manifest.rows} conversations about ${manifest.images} images: ${splitCounts(manifest)}.`,
    teacherLines(manifest),
    '## Split',
    `${splitRuleNotes(manifest.splitBy)} Seed ${manifest.seed}.`,
    leakNote(manifest),
    '## Files',
    fileList(formats),
    ...trainingSection(manifest, formats),
    '## Audit',
    auditLines(audit),
    '## Sources',
    sourceLines(manifest),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function splitCounts(manifest: CorpusManifest): string {
  const splits = SPLITS.map((split) => `${split} ${manifest.rowsBySplit[split]}`).join(', ');
  const aspects = Object.entries(manifest.rowsByAspect).map(([aspect, rows]) => `${aspect} ${rows}`);
  return `${splits}; ${aspects.join(', ')}`;
}

function teacherLines(manifest: CorpusManifest): string {
  const names = manifest.teachers.map(({ teacher, model, rows }) => `${model} (${teacher}, ${rows} rows)`);
  return `Descriptions by ${names.join(', ')}: written by a machine, not by people. Words cut from MOS by \`${manifest.wordBinning}\`.`;
}

function leakNote(manifest: CorpusManifest): string {
  if (manifest.sawLabelRows === 0) return '';
  return (
    `${manifest.sawLabelRows} descriptions were written with the MOS in sight. They are training targets only: ` +
    `${manifest.wordOnlyRows} rows of val and test carry question and word, and no description.`
  );
}

function fileList(formats: readonly string[]): string {
  return [
    ...formats.map(
      (name) => `- \`${name}/\`: the rows for ${name}, a file a split, LoRA configurations in \`lora/\``,
    ),
    '- `images/`: the prepared images, named by their SHA-256',
    `- \`${MANIFEST_FILE}\`, \`${AUDIT_FILE}\`, \`${SUMS_FILE}\` (\`sha256sum -c ${SUMS_FILE}\`)`,
  ].join('\n');
}

function trainingSection(manifest: CorpusManifest, formats: readonly string[]): readonly string[] {
  const lead =
    '## Training\n\nStart the trainer **in this folder**: image paths in the files are relative to it.';
  if (!formats.includes('ms-swift')) return [lead];
  const line = (variant: 'released' | 'paper') => trainingCommand({ corpusDir: null, manifest, variant });
  return [
    lead,
    'LoRA on the language model, as the published script of M3-AGIQA does (`released`):',
    `    ${line('released')}`,
    'LoRA on the vision encoder, as its paper says (`paper`):',
    `    ${line('paper')}`,
    'The same options are in `ms-swift/lora/*.yaml`: `swift sft ms-swift/lora/FILE.yaml`.',
  ];
}

function auditLines(audit: AuditReport): string {
  if (audit.findings.length === 0) return `${audit.rows} rows, no findings.`;
  return audit.findings
    .map(
      ({ code, severity, rowCount, evidence }) =>
        `- **${severity}** \`${code}\` (${rowCount}): ${inline(evidence)}`,
    )
    .join('\n');
}

function sourceLines(manifest: CorpusManifest): string {
  return manifest.sources
    .map(
      ({ dataset, source, licence }) =>
        `- ${inline(dataset)}: ${inline(source ?? 'source unknown')}; licence: ${inline(licence ?? 'unknown')}`,
    )
    .join('\n');
}

/** Text of others on one line and without markup of its own. */
function inline(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[<>&`*_[\]]/g, (character) => `\\${character}`);
}
