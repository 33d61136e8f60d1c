import type { Aspect, MosScale, Rating, Split } from '@retort/schema';
import type { Database } from 'better-sqlite3';

/** A sample with its picture, if that was prepared, and its ratings. */
export interface SampleRow {
  readonly id: number;
  readonly datasetId: number;
  readonly name: string;
  readonly row: number;
  readonly imagePath: string;
  readonly imagePrompt: string | null;
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  readonly publishedSplit: Split | null;
  readonly rejectedReason: string | null;
  readonly image: ImageRow | null;
  readonly ratings: readonly Rating[];
}

export interface ImageRow {
  readonly hash: string;
  readonly recipe: string;
  readonly blobHash: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly blobBytes: number;
}

/** State of a source file when it was looked at. */
export interface FileStamp {
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface SampleStamp {
  readonly id: number;
  readonly name: string;
  readonly imagePath: string;
  readonly imagePrompt: string | null;
  /** Null until the sample was prepared, or set aside, with `recipe`. */
  readonly stamp: FileStamp | null;
  readonly recipe: string | null;
  readonly rejected: boolean;
}

/** What preparation made of one sample. */
export type PreparedSample =
  | { readonly kind: 'prepared'; readonly image: ImageRow; readonly stamp: FileStamp }
  | {
      readonly kind: 'rejected';
      readonly recipe: string;
      readonly reason: string;
      readonly stamp: FileStamp;
    };

export interface SampleTable {
  /** Every sample of the dataset's latest import, by name. */
  stamps(datasetId: number): SampleStamp[];
  get(id: number): SampleRow | null;
  /** Samples of any dataset with this name, or with a name that ends in it after a `/`. */
  findByName(name: string): SampleRow[];
  /** The sample of exactly this name in a dataset of this name, with its dataset's scale; null where there is none. */
  named(dataset: string, name: string): { readonly sample: SampleRow; readonly scale: MosScale } | null;
  savePrepared(id: number, prepared: PreparedSample): void;
}

interface SampleRecord {
  id: number;
  dataset_id: number;
  name: string;
  row_number: number;
  image_path: string;
  image_prompt: string | null;
  generator: string | null;
  generator_setting: string | null;
  published_split: Split | null;
  rejected_reason: string | null;
  hash: string | null;
  recipe: string;
  blob_hash: string;
  media_type: string;
  width: number;
  height: number;
  blob_bytes: number;
}

interface StampRecord {
  id: number;
  name: string;
  image_path: string;
  image_prompt: string | null;
  file_bytes: number | null;
  file_modified_ms: number | null;
  recipe: string | null;
  rejected_reason: string | null;
}

const SELECT_SAMPLE = `SELECT s.id, s.dataset_id, s.name, s.row_number, s.image_path, s.image_prompt, s.generator,
    s.generator_setting, s.published_split, s.rejected_reason, i.hash, i.recipe, i.blob_hash, i.media_type, i.width, i.height,
    i.blob_bytes
  FROM samples s LEFT JOIN images i ON i.hash = s.image_hash`;

export function createSampleTable(db: Database): SampleTable {
  const stamps = db.prepare<[number], StampRecord>(
    `SELECT id, name, image_path, image_prompt, file_bytes, file_modified_ms, recipe, rejected_reason
     FROM samples WHERE dataset_id = ? AND present = 1 ORDER BY name`,
  );
  const get = db.prepare<[number], SampleRecord>(`${SELECT_SAMPLE} WHERE s.id = ?`);
  const findByName = db.prepare<[string, string], SampleRecord>(
    `${SELECT_SAMPLE} WHERE s.present = 1 AND (s.name = ? OR s.name LIKE ? ESCAPE '\\') ORDER BY s.name`,
  );
  const named = db.prepare<[string, string], SampleRecord & { scale_min: number; scale_max: number }>(
    `${SELECT_SAMPLE.replace('SELECT', 'SELECT d.scale_min, d.scale_max,')}
     JOIN datasets d ON d.id = s.dataset_id WHERE d.name = ? AND s.name = ? ORDER BY s.present DESC, s.id`,
  );
  const ratings = db.prepare<[number], { aspect: Aspect; mos: number; mos_std: number | null }>(
    'SELECT aspect, mos, mos_std FROM ratings WHERE sample_id = ? ORDER BY aspect',
  );
  const saveImage = db.prepare(
    `INSERT INTO images (hash, recipe, blob_hash, media_type, width, height, blob_bytes)
     VALUES (@hash, @recipe, @blobHash, @mediaType, @width, @height, @blobBytes)
     ON CONFLICT (hash) DO UPDATE SET recipe = excluded.recipe, blob_hash = excluded.blob_hash,
       media_type = excluded.media_type, width = excluded.width, height = excluded.height,
       blob_bytes = excluded.blob_bytes`,
  );
  const saveStamp = db.prepare(
    `UPDATE samples SET image_hash = ?, rejected_reason = ?, recipe = ?, file_bytes = ?, file_modified_ms = ? WHERE id = ?`,
  );
  const toSample = (row: SampleRecord): SampleRow => ({
    id: row.id,
    datasetId: row.dataset_id,
    name: row.name,
    row: row.row_number,
    imagePath: row.image_path,
    imagePrompt: row.image_prompt,
    generator: row.generator,
    generatorSetting: row.generator_setting,
    publishedSplit: row.published_split,
    rejectedReason: row.rejected_reason,
    image: row.hash === null ? null : toImage(row, row.hash),
    ratings: ratings.all(row.id).map(({ aspect, mos, mos_std: mosStd }): Rating => ({ aspect, mos, mosStd })),
  });
  return {
    stamps: (datasetId) => stamps.all(datasetId).map(toStamp),
    get(id) {
      const row = get.get(id);
      return row === undefined ? null : toSample(row);
    },
    findByName: (name) => findByName.all(name, `%/${name.replaceAll(/[\\%_]/g, '\\$&')}`).map(toSample),
    named(dataset, name) {
      const row = named.get(dataset, name);
      return row === undefined
        ? null
        : { sample: toSample(row), scale: { min: row.scale_min, max: row.scale_max } };
    },
    savePrepared(id, prepared) {
      const { bytes, modifiedMs } = prepared.stamp;
      if (prepared.kind === 'rejected') {
        saveStamp.run(null, prepared.reason, prepared.recipe, bytes, modifiedMs, id);
        return;
      }
      saveImage.run(prepared.image);
      saveStamp.run(prepared.image.hash, null, prepared.image.recipe, bytes, modifiedMs, id);
    },
  };
}

function toImage(row: SampleRecord, hash: string): ImageRow {
  const { recipe, width, height } = row;
  return {
    hash,
    recipe,
    blobHash: row.blob_hash,
    mediaType: row.media_type,
    width,
    height,
    blobBytes: row.blob_bytes,
  };
}

function toStamp(row: StampRecord): SampleStamp {
  const stamp =
    row.file_bytes === null || row.file_modified_ms === null
      ? null
      : { bytes: row.file_bytes, modifiedMs: row.file_modified_ms };
  return {
    id: row.id,
    name: row.name,
    imagePath: row.image_path,
    imagePrompt: row.image_prompt,
    stamp,
    recipe: row.recipe,
    rejected: row.rejected_reason !== null,
  };
}
