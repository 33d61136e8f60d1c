import { README_FILE } from '../export/export-files.ts';
import type { SideFile } from '../formats/format.ts';
import { CROISSANT_FILE } from './card-files.ts';
import { croissantText } from './croissant.ts';
import { datasetCard } from './dataset-card.ts';
import type { DocumentsInput } from './documents-input.ts';

/** The documents beside the data of an export, named from its folder; made after the data files are written. */
export function exportDocuments(input: DocumentsInput): readonly SideFile[] {
  return [
    { name: README_FILE, text: datasetCard(input) },
    { name: CROISSANT_FILE, text: croissantText(input) },
  ];
}
