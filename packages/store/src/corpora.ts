import type { Aspect, CorpusRow, ReviewMark, Split, TeacherFacts, Turn, WordLabel } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import { createCorpusTeachers } from './corpus-teachers.ts';
import { tellDiskFull } from './errors.ts';

export interface CorpusMembership {
  readonly conversationId: number;
  readonly split: Split;
}

export interface StoredCorpus {
  readonly key: string;
  readonly manifest: unknown;
  readonly audit: unknown;
  readonly rowCount: number;
  /** Folder of its export; null until it was written. */
  readonly path: string | null;
}

export interface CorpusTable {
  /** Stores a corpus whole or not at all; a known key changes nothing. */
  save(corpus: { key: string; manifest: unknown; audit: unknown; rows: Iterable<CorpusMembership> }): void;
  setPath(key: string, path: string): void;
  /** Puts another audit in the place of the one that stands there. */
  setAudit(key: string, audit: unknown): void;
  get(key: string): StoredCorpus | null;
  /** The corpus's rows in order, read one at a time. */
  rows(key: string): IterableIterator<CorpusRow>;
  /** The corpus's row about one sample and aspect; null where it has none. */
  row(key: string, of: Pick<CorpusRow, 'dataset' | 'sampleName' | 'aspect'>): CorpusRow | null;
  /** Keys that begin so, newest first, at most two: one is found, two are ambiguous. */
  keysBeginning(prefix: string): string[];
  sizes(key: string): { split: Split; aspect: Aspect; n: number }[];
  /** What the attempts behind a corpus say, by teacher, model and model version. */
  teachers(key: string): TeacherFacts[];
}

interface CorpusRecord {
  key: string;
  manifest: string;
  audit: string;
  row_count: number;
  path: string | null;
}

interface RowRecord {
  conversation_id: number;
  split: Split;
  sample_name: string;
  dataset: string;
  aspect: Aspect;
  image_prompt: string | null;
  generator: string | null;
  generator_setting: string | null;
  image_hash: string;
  blob_hash: string;
  width: number;
  height: number;
  mos_five: number | null;
  word_label: WordLabel | null;
  saw_label: number;
  review: ReviewMark | null;
  prompt_id: string;
  teacher: string;
  model: string;
  request_key: string;
  turns: string;
}

const COLUMNS = `SELECT cr.conversation_id, cr.split, s.name AS sample_name, d.name AS dataset, c.aspect, s.image_prompt, s.generator,
       s.generator_setting, i.hash AS image_hash, i.blob_hash, i.width, i.height, c.mos_five, c.word_label, c.saw_label,
       c.review, c.prompt_id, r.teacher, r.model, c.request_key,
       (SELECT json_group_array(json_object('role', t.role, 'text', t.text) ORDER BY t.position)
        FROM turns t WHERE t.conversation_id = c.id) AS turns`;

const SELECT_ROWS = `${COLUMNS}
     FROM corpus_rows cr
     JOIN conversations c ON c.id = cr.conversation_id
     JOIN samples s ON s.id = c.sample_id
     JOIN datasets d ON d.id = s.dataset_id
     JOIN requests r ON r.key = c.request_key
     JOIN images i ON i.hash = r.image_hash`;
/** From the sample on, which CROSS JOIN and INDEXED BY make sure of: SQLite would go through the whole corpus for each look. */
const SELECT_ROW_OF_SAMPLE = `${COLUMNS}
     FROM datasets d
     CROSS JOIN samples s ON s.dataset_id = d.id
     CROSS JOIN conversations c ON c.sample_id = s.id
     CROSS JOIN corpus_rows cr INDEXED BY corpus_rows_by_conversation ON cr.conversation_id = c.id
     CROSS JOIN requests r ON r.key = c.request_key
     CROSS JOIN images i ON i.hash = r.image_hash
     WHERE cr.corpus_key = ? AND d.name = ? AND s.name = ? AND c.aspect = ?`;

export function createCorpusTable(db: Database): CorpusTable {
  const insert = db.prepare(
    'INSERT INTO corpora (key, manifest, audit, row_count) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  );
  const insertRow = db.prepare(
    'INSERT INTO corpus_rows (corpus_key, position, conversation_id, split) VALUES (?, ?, ?, ?)',
  );
  const setCount = db.prepare('UPDATE corpora SET row_count = ? WHERE key = ?');
  const get = db.prepare<[string], CorpusRecord>('SELECT * FROM corpora WHERE key = ?');
  const rows = db.prepare<[string], RowRecord>(`${SELECT_ROWS} WHERE cr.corpus_key = ? ORDER BY cr.position`);
  const row = db.prepare<[string, string, string, string], RowRecord>(SELECT_ROW_OF_SAMPLE);
  const keys = db
    .prepare<[number, string], string>(
      'SELECT key FROM corpora WHERE substr(key, 1, ?) = ? ORDER BY rowid DESC LIMIT 2',
    )
    .pluck();
  const sizes = db.prepare<[string], { split: Split; aspect: Aspect; n: number }>(
    `SELECT cr.split, c.aspect, count(*) AS n FROM corpus_rows cr JOIN conversations c ON c.id = cr.conversation_id
     WHERE cr.corpus_key = ? GROUP BY cr.split, c.aspect ORDER BY c.aspect, cr.split`,
  );
  const save = db.transaction((corpus: Parameters<CorpusTable['save']>[0]) => {
    const { key, manifest, audit } = corpus;
    if (insert.run(key, JSON.stringify(manifest), JSON.stringify(audit), 0).changes === 0) return;
    let position = 0;
    for (const { conversationId, split } of corpus.rows) {
      insertRow.run(key, position, conversationId, split);
      position += 1;
    }
    setCount.run(position, key);
  });
  return {
    save: (corpus) => tellDiskFull(db.name, () => save(corpus)),
    setPath: (key, path) => {
      db.prepare('UPDATE corpora SET path = ? WHERE key = ?').run(path, key);
    },
    setAudit: (key, audit) => {
      const update = db.prepare('UPDATE corpora SET audit = ? WHERE key = ?');
      tellDiskFull(db.name, () => update.run(JSON.stringify(audit), key));
    },
    get(key) {
      const row = get.get(key);
      if (row === undefined) return null;
      const { manifest, audit, row_count: rowCount, path } = row;
      return { key, manifest: JSON.parse(manifest), audit: JSON.parse(audit), rowCount, path };
    },
    *rows(key) {
      for (const row of rows.iterate(key)) yield toRow(row);
    },
    row(key, { dataset, sampleName, aspect }) {
      const found = row.get(key, dataset, sampleName, aspect);
      return found === undefined ? null : toRow(found);
    },
    keysBeginning: (prefix) => keys.all(prefix.length, prefix),
    sizes: (key) => sizes.all(key),
    teachers: createCorpusTeachers(db),
  };
}

function toRow(row: RowRecord): CorpusRow {
  return {
    sampleName: row.sample_name,
    dataset: row.dataset,
    aspect: row.aspect,
    imagePrompt: row.image_prompt,
    generator: row.generator,
    generatorSetting: row.generator_setting,
    imageHash: row.image_hash,
    blobHash: row.blob_hash,
    width: row.width,
    height: row.height,
    turns: JSON.parse(row.turns) as Turn[], // built by the query above from typed columns
    mos: row.mos_five,
    wordLabel: row.word_label,
    sawLabel: row.saw_label === 1,
    promptId: row.prompt_id,
    teacher: row.teacher,
    model: row.model,
    requestKey: row.request_key,
    ...(row.review === null ? {} : { review: row.review }),
    split: row.split,
  };
}
