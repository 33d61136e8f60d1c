/** Counts the tokens of plain text, without marks of a template. */
export interface TextTokenizer {
  /** For people: `Llama 3 vocabulary`, `tokenizer.json of …`, `estimated from above`. */
  readonly name: string;
  /** Names the vocabulary by its content: equal keys count alike, so that counts can be kept. Null: not worth keeping. */
  readonly cacheKey: string | null;
  /** False for an estimate. */
  readonly exact: boolean;
  count(text: string): number;
}
