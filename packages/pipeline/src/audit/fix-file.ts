import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import {
  type AuditRow,
  CorpusUsageError,
  decodeRow,
  findFormatOf,
  type JsonContainer,
  jsonLine,
  type ReadTurn,
  readJsonValues,
  repairRow,
  sniffJson,
} from '@retort/corpus';
import { errorCodeOf } from '@retort/schema';
import { cleanText } from './clean-text.ts';
import { createRowReader, type FileFacts } from './file-rows.ts';
import { patchRow } from './patch-row.ts';
import { createRepairTally, type RepairCounts } from './repair-tally.ts';

export interface FixFileOptions {
  readonly path: string;
  /** Must not be there yet. */
  readonly out: string;
  readonly facts: FileFacts;
  readonly dropMissingImages: boolean;
}

/**
 * Writes a file of the same format with the safe repairs; rows that can't be read stay out. Everything in a row that no
 * repair touches is written as it was.
 *
 * @throws CorpusUsageError for a file that isn't JSON, an `out` that is there, or a file of which no row would be left
 */
export async function fixFile({
  path,
  out,
  facts,
  dropMissingImages,
}: FixFileOptions): Promise<RepairCounts> {
  const { format, files } = await findFormatOf(path);
  const [file] = files;
  if (file === undefined || file !== path || !/\.jsonl?$/iu.test(file)) {
    throw new CorpusUsageError(
      `--fix writes a .json or .jsonl file, and ${path} is none: name the data file itself.`,
    );
  }
  const spelling = { impliesNewline: format.name === 'ms-swift' };
  const toAuditRow = createRowReader(facts, format, file);
  const tally = createRepairTally();
  const writer = await createJsonWriter(out, (await sniffJson(file)).container ?? 'lines');
  try {
    for await (const item of readJsonValues(file)) {
      const read = item.kind === 'value' ? decodeRow(item.value, item.place, spelling) : item;
      if (item.kind !== 'value' || read.kind !== 'row') {
        tally.add({ kind: 'dropped', codes: ['unreadable-row'] });
        continue;
      }
      const row: AuditRow = await toAuditRow(read.row);
      const result = repairRow(row, { clean: cleanText, dropMissingImages });
      tally.add(result);
      if (result.kind === 'same') await writer.write(item.value);
      if (result.kind === 'repaired') await writer.write(patched(item.value, row.turns, result.turns));
    }
    if (!writer.hasRows()) throw nothingLeft(path, tally.counts());
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return tally.counts();

  function patched(value: unknown, before: readonly ReadTurn[], after: readonly ReadTurn[]): unknown {
    return patchRow(value, before, after, (text) =>
      spelling.impliesNewline ? text.replaceAll('<image>\n', '<image>') : text,
    );
  }
}

function nothingLeft(path: string, { rows, dropped }: RepairCounts): CorpusUsageError {
  const reasons = Object.entries(dropped).map(([code, count]) => `${code} ${count}`);
  return new CorpusUsageError(
    `No row of ${path} would be left: all ${rows} have to be left out (${reasons.join(', ')}), so nothing was written.`,
  );
}

async function createJsonWriter(out: string, container: JsonContainer) {
  const temporary = `${out}.${randomUUID()}.part`;
  if (await isThere(out))
    throw new CorpusUsageError(`${out} is there already: name another file with --out.`);
  const handle = await open(temporary, 'wx').catch((error: unknown) => {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
    throw new CorpusUsageError(`The folder of ${out} isn't there: make it, or name another file with --out.`);
  });
  const start = container === 'list' ? '[\n' : '';
  let separator = start;
  return {
    async write(value: unknown): Promise<void> {
      await handle.write(separator + jsonLine(value));
      separator = container === 'list' ? ',\n' : '\n';
    },
    hasRows: () => separator !== start,
    async finish(): Promise<void> {
      await handle.write(container === 'list' ? '\n]\n' : '\n');
      await handle.sync();
      await handle.close();
      await rename(temporary, out);
    },
    async abandon(): Promise<void> {
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await (await open(path)).close();
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
