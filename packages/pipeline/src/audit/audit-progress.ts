/** How far an audit is. */
export interface AuditProgress {
  readonly rows: number;
  /** Rows of the corpus; null where nobody counted them. */
  readonly total: number | null;
  /** Pictures that were read and decoded for it; 0 where the home knows them. */
  readonly images: number;
}

/** The same rows; `tell` hears how many of them were read. */
export async function* tellProgress<Row>(
  rows: AsyncIterable<Row>,
  tell: (rows: number) => void,
): AsyncGenerator<Row> {
  let read = 0;
  for await (const row of rows) {
    read += 1;
    tell(read);
    yield row;
  }
}
