import { agiqa3kReader } from './agiqa-3k.ts';
import { aigciqa2023Reader } from './aigciqa2023.ts';
import { aigiqa20kReader } from './aigiqa-20k.ts';
import { csvReader } from './csv.ts';
import { InvalidDatasetOptionError } from './errors.ts';
import type { DatasetReader } from './reader.ts';

/** Every kind of dataset there is a reader for. */
export const readers: readonly DatasetReader[] = [
  agiqa3kReader,
  aigciqa2023Reader,
  aigiqa20kReader,
  csvReader,
];

/**
 * The reader of that name.
 *
 * @throws InvalidDatasetOptionError there is none; the message lists those there are
 */
export function findReader(name: string): DatasetReader {
  const reader = readers.find((candidate) => candidate.name === name);
  if (reader !== undefined) return reader;
  const known = readers.map((candidate) => candidate.name).join(', ');
  throw new InvalidDatasetOptionError(`There is no reader for "${name}": --dataset takes one of ${known}.`);
}
