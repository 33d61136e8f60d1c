import { ERROR_CODES } from '@retort/schema';
import { z } from 'zod';

const id = z.string().nullable();

/** What the Python side says, one JSON object a line. Members that we don't use may be there. */
export const scorerEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    id,
    done: z.number(),
    total: z.number(),
    unit: z.string(),
    note: z.string().optional(),
  }),
  z.object({
    event: z.literal('metric'),
    id,
    aspect: z.string(),
    epoch: z.number(),
    split: z.string(),
    name: z.string(),
    value: z.number().nullable(),
  }),
  z.object({ event: z.literal('artifact'), id, kind: z.string(), path: z.string(), sha256: z.string() }),
  z.object({ event: z.literal('log'), id, message: z.string() }),
  z.object({ event: z.literal('done'), id, result: z.record(z.string(), z.unknown()) }),
  z.object({
    event: z.literal('error'),
    id,
    code: z.enum(ERROR_CODES).catch('scorer-failed'),
    message: z.string(),
  }),
]);
export type ScorerEvent = z.infer<typeof scorerEventSchema>;

/** Commands of `python -m retort_scorer serve`; keys are the protocol's, snake_case. */
export type ScorerCommand =
  | {
      readonly command: 'encode';
      readonly feature_store: string;
      readonly images: string;
      readonly encoder: string;
      readonly threads: number;
    }
  | {
      readonly command: 'fit';
      readonly feature_store: string;
      readonly rows: string;
      readonly aspects: readonly string[];
      readonly encoder: string;
      readonly out: string;
      readonly config: Readonly<Record<string, unknown>>;
      readonly refit?: 'all';
      readonly protocol?: 'legacy';
    }
  | {
      readonly command: 'check-config';
      readonly config: Readonly<Record<string, unknown>>;
    }
  | {
      readonly command: 'check-settings';
      readonly profile: string;
      readonly settings: unknown;
      readonly trials: number;
      readonly seed: number;
    }
  | {
      readonly command: 'tune';
      readonly feature_store: string;
      readonly rows: string;
      readonly aspects: readonly string[];
      readonly profile: string;
      readonly out: string;
      readonly seed: number;
      readonly folds: number;
      readonly trials: number;
      readonly settings: unknown;
      readonly threads: number;
    }
  | {
      readonly command: 'finetune';
      readonly feature_store: string;
      readonly rows: string;
      readonly images: string;
      readonly aspects: readonly string[];
      /** How many, counted from the last. */
      readonly stages: number;
      /** Null, like the learning rate: what suits the stages. */
      readonly epochs: number | null;
      readonly learning_rate: number | null;
      /** Folder in which what is done is kept. */
      readonly work: string;
      readonly out: string;
      readonly threads: number;
    }
  | {
      readonly command: 'predict';
      readonly checkpoint: string;
      readonly feature_store: string | null;
      readonly images: string;
      readonly out: string;
      readonly threads: number;
    }
  | {
      readonly command: 'benchmark';
      readonly rows: string;
      readonly predictions: string;
      readonly stored: string | null;
      readonly published_split: boolean;
      readonly out: string;
    }
  | { readonly command: 'benchmark-splits'; readonly rows: string }
  | {
      readonly command: 'evaluate';
      readonly checkpoint: string;
      readonly feature_store: string;
      readonly rows: string;
      readonly images: string;
      /** Folder in which trained folds are kept. */
      readonly work: string;
      readonly train_predictor: boolean;
      readonly folds: number;
      readonly seed: number;
      /** Names the scorer's code: folds of another one are trained again. */
      readonly code: string;
      /** A CSV to write; null writes none. */
      readonly predictions: string | null;
      readonly threads: number;
      readonly out: string;
    }
  | {
      readonly command: 'train-baseline';
      readonly baseline: string;
      /** As those of `benchmark`, each with its `image_path`. */
      readonly rows: string;
      readonly aspect: string;
      /** One of the fixed folds, 1 to 5; null trains all. */
      readonly fold: number | null;
      /** Of each stage; null keeps its own. */
      readonly epochs: number | null;
      readonly seed: number;
      readonly random_weights: boolean;
      /** Folder in which what is done is kept. */
      readonly work: string;
      readonly out: string;
      readonly threads: number;
    }
  | {
      readonly command: 'cross-validate';
      readonly feature_store: string;
      readonly encoder: string;
      readonly rows: string;
      readonly aspects: readonly string[];
      readonly config: Readonly<Record<string, unknown>>;
      readonly by: string;
      readonly out: string;
    }
  | {
      readonly command: 'pack';
      readonly checkpoint: string;
      readonly out: string;
      readonly overwrite: boolean;
      /** A folder of images to check scorer.onnx on; null writes none. */
      readonly onnx_images: string | null;
    };
