import type { CorpusRow } from '@retort/schema';
import { IMAGE_TOKEN } from '../control-tokens.ts';
import { IMAGE_LINE } from '../conversation-shape.ts';
import { swiftLoraFiles } from '../lora/lora-files.ts';
import type { CorpusFormat } from './format.ts';
import { jsonLine } from './json-text.ts';
import { readJsonRows } from './read-json-rows.ts';
import { assertExportable } from './row-rules.ts';

/**
 * ms-swift 4.6: JSON lines, `{messages: [{role, content}], images: [path]}`. `<image>` stands directly before the
 * question: the MiniCPM-V templates add the newline themselves. Paths start at the folder the trainer is started in.
 * Source: ms-swift 4.6.0 swift/template/templates/minicpm.py; run on good and bad rows 2026-11-23.
 */
export const msSwiftFormat: CorpusFormat = {
  name: 'ms-swift',
  embedsImages: false,
  fileGlob: (split) => `${split}.jsonl`,
  async open(split, context) {
    const file = await context.createFile(msSwiftFormat.fileGlob(split));
    let rows = 0;
    return {
      write(row) {
        assertExportable(row);
        rows += 1;
        return file.write(`${jsonLine(encodeRow(row, context.imagePath(row)))}\n`);
      },
      close: () => file.close(rows),
    };
  },
  sideFiles: swiftLoraFiles,
  // It loads a JSON list too, whatever the file is called.
  read: (files) => readJsonRows(files, { impliesNewline: true }, null),
};

function encodeRow(row: CorpusRow, imagePath: string) {
  return {
    messages: row.turns.map((turn, index) => ({
      role: turn.role,
      content: index === 0 ? IMAGE_TOKEN + turn.text.slice(IMAGE_LINE.length) : turn.text,
    })),
    images: [imagePath],
  };
}
