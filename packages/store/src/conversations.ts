import {
  type Aspect,
  type Conversation,
  canonicalJson,
  type ReviewMark,
  sha256,
  type Turn,
  WORD_BINNING,
  type WordLabel,
} from '@retort/schema';
import type { Database } from 'better-sqlite3';

/** A request of a run that has an answer, with the sample it serves and all that a conversation takes from that. */
export interface AnsweredSample {
  readonly sampleId: number;
  readonly sampleName: string;
  readonly imagePrompt: string | null;
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  readonly imageHash: string;
  readonly blobHash: string;
  /** In the dataset's own scale; null for an unrated sample. */
  readonly mos: number | null;
  readonly aspect: Aspect;
  readonly requestKey: string;
  readonly promptId: string;
  readonly teacher: string;
  readonly model: string;
  /** How often reading the answer again changed it. */
  readonly readings: number;
}

export interface ConversationTable {
  /** What a run can make conversations of, in the order of sample names: samples that are still there, with their picture. */
  answeredSamples(runId: string): AnsweredSample[];
  /** Stores a conversation once; the same content has the same id. */
  save(sampleId: number, conversation: Conversation): number;
  turns(conversationId: number): Turn[];
  /** Conversations about one sample, oldest first. */
  ofSample(sampleId: number): StoredConversation[];
}

export interface StoredConversation {
  readonly id: number;
  readonly aspect: Aspect;
  readonly promptId: string;
  readonly requestKey: string;
  readonly wordLabel: WordLabel | null;
  readonly mosFive: number | null;
  readonly sawLabel: boolean;
  /** Null where nobody reviewed it. */
  readonly review: ReviewMark | null;
  readonly turns: readonly Turn[];
}

interface ConversationRecord {
  id: number;
  aspect: Aspect;
  prompt_id: string;
  request_key: string;
  word_label: WordLabel | null;
  mos_five: number | null;
  saw_label: number;
  review: ReviewMark | null;
}

export function createConversationTable(db: Database): ConversationTable {
  const answered = db.prepare<[string], AnsweredSample>(
    `SELECT sr.sample_id AS sampleId, s.name AS sampleName, s.image_prompt AS imagePrompt, s.generator,
       s.generator_setting AS generatorSetting, i.hash AS imageHash, i.blob_hash AS blobHash, g.mos,
       sr.aspect, sr.request_key AS requestKey, r.prompt_id AS promptId, r.teacher, r.model, r.readings
     FROM sample_requests sr
     JOIN requests r ON r.key = sr.request_key
     JOIN samples s ON s.id = sr.sample_id
     JOIN images i ON i.hash = s.image_hash
     LEFT JOIN ratings g ON g.sample_id = s.id AND g.aspect = sr.aspect
     WHERE sr.run_id = ? AND r.state = 'answered' AND s.present = 1 ORDER BY s.name, sr.aspect`,
  );
  const find = db.prepare<[string], { id: number }>('SELECT id FROM conversations WHERE key = ?');
  const insert = db.prepare<unknown[], { id: number }>(
    `INSERT INTO conversations (key, sample_id, aspect, request_key, prompt_id, mos_five, word_label, binning, saw_label, review)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  );
  const insertTurn = db.prepare(
    'INSERT INTO turns (conversation_id, position, role, text) VALUES (?, ?, ?, ?)',
  );
  const turns = db.prepare<[number], Turn>(
    'SELECT role, text FROM turns WHERE conversation_id = ? ORDER BY position',
  );
  const ofSample = db.prepare<[number], ConversationRecord>(
    `SELECT id, aspect, prompt_id, request_key, word_label, mos_five, saw_label, review FROM conversations
     WHERE sample_id = ? ORDER BY id`,
  );
  return {
    answeredSamples: (runId) => answered.all(runId),
    save(sampleId, conversation) {
      const key = sha256(canonicalJson({ ...conversation, sampleId, binning: WORD_BINNING.version }));
      const known = find.get(key);
      if (known !== undefined) return known.id;
      const { aspect, requestKey, promptId, mos, wordLabel, sawLabel } = conversation;
      const columns = [key, sampleId, aspect, requestKey, promptId, mos, wordLabel, WORD_BINNING.version];
      const row = insert.get(...columns, sawLabel ? 1 : 0, conversation.review ?? null);
      if (row === undefined) throw new TypeError('SQLite returned no row for INSERT … RETURNING');
      conversation.turns.forEach((turn, position) => {
        insertTurn.run(row.id, position, turn.role, turn.text);
      });
      return row.id;
    },
    turns: (conversationId) => turns.all(conversationId),
    ofSample: (sampleId) =>
      ofSample.all(sampleId).map((row) => ({
        id: row.id,
        aspect: row.aspect,
        promptId: row.prompt_id,
        requestKey: row.request_key,
        wordLabel: row.word_label,
        mosFive: row.mos_five,
        sawLabel: row.saw_label === 1,
        review: row.review,
        turns: turns.all(row.id),
      })),
  };
}
