import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileFacts } from '@retort/pipeline';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { sampleImage } from '../pipeline-bed.ts';

/** A row as MiniCPM-V's script reads it. */
export interface FileRow {
  readonly id: string;
  readonly image: string;
  readonly conversations: readonly { readonly role: string; readonly content: string }[];
}

export const NO_FACTS: FileFacts = {
  ratings: null,
  aspect: null,
  imagesDir: null,
  workingDir: '/',
  sawLabel: null,
};

/** A sound row about an image of the sample, rated `fair` in quality. */
export function fileRow(name: string, change: Partial<FileRow> = {}): FileRow {
  return {
    id: name,
    image: sampleImage(name),
    conversations: [
      { role: 'user', content: '<image>\nDescribe the quality of this image.' },
      {
        role: 'assistant',
        content: `The contours in ${name.replace(/\D+/gu, '')} are soft and the colours calm.`,
      },
      { role: 'user', content: 'Which one word: bad, poor, fair, good or excellent?' },
      { role: 'assistant', content: 'fair' },
    ],
    ...change,
  };
}

export function withText(row: FileRow, index: number, content: string): FileRow {
  return {
    ...row,
    conversations: row.conversations.map((turn, i) => (i === index ? { ...turn, content } : turn)),
  };
}

/** Writes files of rows into a folder of their own; says where each is. */
export function writeRows(
  files: Readonly<Record<string, readonly unknown[] | string>>,
): Readonly<Record<string, string>> {
  const folder = temporaryFolder();
  return Object.fromEntries(
    Object.entries(files).map(([name, rows]) => {
      const path = join(folder, name);
      writeFileSync(path, typeof rows === 'string' ? rows : JSON.stringify(rows));
      return [name, path];
    }),
  );
}

export function readRowsOf(path: string): readonly FileRow[] {
  return JSON.parse(readFileSync(path, 'utf8')) as FileRow[]; // written by the code under test from such rows
}
