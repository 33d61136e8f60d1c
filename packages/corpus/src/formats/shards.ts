/** One of several files that a split is written to. */
export interface Shard<Piece> {
  /** @returns bytes that the file has then */
  write(piece: Piece): Promise<number>;
  close(): Promise<void>;
}

export interface ShardOptions<Piece> {
  /** Bytes after which the next piece begins a new file. */
  readonly shardBytes: number;
  /** @param number `00000`, `00001` … */
  readonly create: (number: string) => Promise<Shard<Piece>>;
}

const NUMBER_DIGITS = 5;

/** Pieces of a split over files of about equal size, one open at a time. */
export function createShards<Piece>({ shardBytes, create }: ShardOptions<Piece>) {
  let open: Shard<Piece> | null = null;
  let count = 0;
  const close = async () => {
    const shard = open;
    open = null;
    await shard?.close();
  };
  return {
    async write(piece: Piece): Promise<void> {
      if (open === null) {
        open = await create(String(count).padStart(NUMBER_DIGITS, '0'));
        count += 1;
      }
      if ((await open.write(piece)) >= shardBytes) await close();
    },
    close,
  };
}
