import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Split } from '@retort/schema';
import { isObject, type RowSpelling } from './decode-row.ts';

/** LLaMA-Factory's list of the datasets in a folder. */
export const DATASET_INFO_FILE = 'dataset_info.json';

/** Name of a split's dataset, as `dataset:` in a training configuration names it. */
export function llamafactoryDatasetName(split: Split): string {
  return `retort_${split}`;
}

/**
 * What dataset_info.json says of one file of ours. Columns and tags are spelled out, since LLaMA-Factory's defaults are
 * conversations, from, value, human and gpt. Source: LLaMA-Factory 0.9.5 data/README.md, run 2026-11-23.
 */
export function datasetInfoEntry(fileName: string) {
  return {
    file_name: fileName,
    formatting: 'sharegpt',
    columns: { messages: 'messages', images: 'images' },
    tags: { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' },
  };
}

/** A data file that dataset_info.json names, and how it spells its rows. */
export interface ListedFile {
  readonly path: string;
  readonly spelling: RowSpelling;
}

export interface DatasetInfo {
  readonly files: readonly ListedFile[];
  /** Entries that no file of this folder can be read by, with the reason. */
  readonly problems: readonly string[];
}

/** Reads anybody's dataset_info.json; entries of hubs and other formats are problems, not errors. */
export async function readDatasetInfo(path: string): Promise<DatasetInfo> {
  const info = parse(await readFile(path, 'utf8'));
  if (!isObject(info)) return { files: [], problems: ['expected a JSON object of datasets'] };
  const files: ListedFile[] = [];
  const problems: string[] = [];
  for (const [name, entry] of Object.entries(info)) {
    if (!isObject(entry) || typeof entry.file_name !== 'string')
      problems.push(`dataset ${name} names no file of this folder`);
    else if (entry.formatting !== 'sharegpt')
      problems.push(`dataset ${name} isn’t in the sharegpt formatting: it has no conversations`);
    else files.push({ path: join(dirname(path), entry.file_name), spelling: spellingOf(entry) });
  }
  return { files, problems };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Somebody's file: that it is no JSON is told as one problem.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function spellingOf(entry: Readonly<Record<string, unknown>>): RowSpelling {
  const columns = isObject(entry.columns) ? entry.columns : {};
  const tags = isObject(entry.tags) ? entry.tags : {};
  const text = (value: unknown, usual: string) => (typeof value === 'string' ? value : usual);
  return {
    impliesNewline: false,
    columns: { turns: text(columns.messages, 'conversations'), images: text(columns.images, 'images') },
    tags: {
      role: text(tags.role_tag, 'from'),
      content: text(tags.content_tag, 'value'),
      user: text(tags.user_tag, 'human'),
      assistant: text(tags.assistant_tag, 'gpt'),
    },
  };
}
