import type { Aspect, DatasetDescription, ImportedSample, RejectedRow } from '@retort/schema';
import type { Database } from 'better-sqlite3';

export interface DatasetRow extends DatasetDescription {
  readonly id: number;
  readonly contentHash: string | null;
}

export interface DatasetTable {
  /** Adds or updates a dataset; the id stays the same for the same key. */
  save(key: string, description: DatasetDescription): number;
  find(key: string): DatasetRow | null;
  /** Marks every sample as absent and forgets rejected rows: the rows that an import still finds come back. */
  beginImport(datasetId: number): void;
  saveSample(datasetId: number, sample: ImportedSample): void;
  saveRejectedRow(datasetId: number, row: RejectedRow): void;
  /** Marks the import as whole: written last. */
  finishImport(datasetId: number, contentHash: string): void;
  /** Whether any sample of the latest import has a published side. */
  hasPublishedSplit(datasetId: number): boolean;
  /** Rows that the reader set aside, in its order, without the pictures that were refused later. */
  importRejections(datasetId: number): RejectedRow[];
  rejectedRows(datasetId: number, limit: number): RejectedRow[];
  countRejectedRows(datasetId: number): number;
}

interface DatasetRecord {
  id: number;
  name: string;
  reader: string;
  scale_min: number;
  scale_max: number;
  rated_aspects: string;
  licence: string | null;
  source: string | null;
  content_hash: string | null;
}

interface RejectedRecord {
  file: string;
  row_number: number | null;
  name: string | null;
  reason: string;
}

export function createDatasetTable(db: Database): DatasetTable {
  const save = db.prepare<unknown[], { id: number }>(
    `INSERT INTO datasets (key, name, reader, scale_min, scale_max, rated_aspects, licence, source)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET rated_aspects = excluded.rated_aspects, licence = excluded.licence,
       source = excluded.source
     RETURNING id`,
  );
  const find = db.prepare<[string], DatasetRecord>('SELECT * FROM datasets WHERE key = ?');
  const saveSample = db.prepare<unknown[], { id: number }>(
    `INSERT INTO samples (dataset_id, name, row_number, image_path, image_prompt, generator, generator_setting,
       published_split)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (dataset_id, name) DO UPDATE SET present = 1, row_number = excluded.row_number,
       image_path = excluded.image_path, image_prompt = excluded.image_prompt, generator = excluded.generator,
       generator_setting = excluded.generator_setting, published_split = excluded.published_split
     RETURNING id`,
  );
  const dropRatings = db.prepare('DELETE FROM ratings WHERE sample_id = ?');
  const saveRating = db.prepare('INSERT INTO ratings (sample_id, aspect, mos, mos_std) VALUES (?, ?, ?, ?)');
  const saveRejected = db.prepare(
    'INSERT INTO rejected_rows (dataset_id, file, row_number, name, reason) VALUES (?, ?, ?, ?, ?)',
  );
  const importRejections = db.prepare<[number], RejectedRecord>(
    'SELECT file, row_number, name, reason FROM rejected_rows WHERE dataset_id = ? ORDER BY id',
  );
  const rejected = db.prepare<[{ datasetId: number; limit: number }], RejectedRecord>(
    `SELECT file, row_number, name, reason FROM rejected_rows WHERE dataset_id = @datasetId
     UNION ALL
     SELECT image_path, row_number, name, rejected_reason FROM samples
     WHERE dataset_id = @datasetId AND present = 1 AND rejected_reason IS NOT NULL
     ORDER BY 1, 2 LIMIT @limit`,
  );
  const countRejected = db.prepare<[{ datasetId: number }], { n: number }>(
    `SELECT (SELECT count(*) FROM rejected_rows WHERE dataset_id = @datasetId)
       + (SELECT count(*) FROM samples WHERE dataset_id = @datasetId AND present = 1 AND rejected_reason IS NOT NULL) AS n`,
  );
  const published = db.prepare<[number], unknown>(
    'SELECT 1 FROM samples WHERE dataset_id = ? AND present = 1 AND published_split IS NOT NULL LIMIT 1',
  );
  return {
    save: (key, description) =>
      idOf(
        save.get(
          key,
          description.name,
          description.reader,
          description.scale.min,
          description.scale.max,
          JSON.stringify(description.ratedAspects),
          description.licence,
          description.source,
        ),
      ),
    find(key) {
      const row = find.get(key);
      return row === undefined ? null : toDataset(row);
    },
    beginImport(datasetId) {
      db.prepare('UPDATE samples SET present = 0 WHERE dataset_id = ?').run(datasetId);
      db.prepare('DELETE FROM rejected_rows WHERE dataset_id = ?').run(datasetId);
      db.prepare('UPDATE datasets SET content_hash = NULL WHERE id = ?').run(datasetId);
    },
    saveSample(datasetId, sample) {
      const { name, row, imagePath, imagePrompt, generator, generatorSetting, publishedSplit } = sample;
      const values = [name, row, imagePath, imagePrompt, generator, generatorSetting, publishedSplit];
      const id = idOf(saveSample.get(datasetId, ...values));
      dropRatings.run(id);
      for (const rating of sample.ratings) saveRating.run(id, rating.aspect, rating.mos, rating.mosStd);
    },
    saveRejectedRow: (datasetId, row) => {
      saveRejected.run(datasetId, row.file, row.row, row.name, row.reason);
    },
    finishImport: (datasetId, contentHash) => {
      db.prepare('UPDATE datasets SET content_hash = ? WHERE id = ?').run(contentHash, datasetId);
    },
    hasPublishedSplit: (datasetId) => published.get(datasetId) !== undefined,
    importRejections: (datasetId) => importRejections.all(datasetId).map(toRejectedRow),
    rejectedRows: (datasetId, limit) => rejected.all({ datasetId, limit }).map(toRejectedRow),
    countRejectedRows: (datasetId) => countRejected.get({ datasetId })?.n ?? 0,
  };
}

function idOf(row: { id: number } | undefined): number {
  if (row === undefined) throw new TypeError('SQLite returned no row for INSERT … RETURNING');
  return row.id;
}

function toRejectedRow({ file, row_number: row, name, reason }: RejectedRecord): RejectedRow {
  return { file, row, name, reason };
}

function toDataset(row: DatasetRecord): DatasetRow {
  // Written by save() above, and nowhere else.
  const ratedAspects = JSON.parse(row.rated_aspects) as Aspect[];
  return {
    id: row.id,
    name: row.name,
    reader: row.reader,
    scale: { min: row.scale_min, max: row.scale_max },
    ratedAspects,
    licence: row.licence,
    source: row.source,
    contentHash: row.content_hash,
  };
}
