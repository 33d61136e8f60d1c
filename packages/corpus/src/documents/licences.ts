import type { CorpusSource } from '../manifest.ts';

/** Licences as sources spell them, by the id that Hugging Face's cards have for them (hub docs, checked 2026-11-28). */
const KNOWN_IDS: Readonly<Record<string, string>> = {
  mit: 'mit',
  'apache-2.0': 'apache-2.0',
  'cc-by-4.0': 'cc-by-4.0',
  'cc-by-sa-4.0': 'cc-by-sa-4.0',
  'cc-by-nc-4.0': 'cc-by-nc-4.0',
  'cc-by-nc-sa-4.0': 'cc-by-nc-sa-4.0',
  'cc0-1.0': 'cc0-1.0',
};

export interface CardLicence {
  readonly license: string;
  /** Both only beside `license: other`. */
  readonly license_name?: string;
  readonly license_link?: string;
}

/**
 * The licence of a card. One that all sources share is named; several, or one without an id, are `other` and point to the
 * list of sources; `unknown` where no source says one.
 */
export function cardLicence(sources: readonly CorpusSource[]): CardLicence {
  const names = [...new Set(sources.map(({ licence }) => licence))];
  const [only] = names;
  if (names.length === 0 || (names.length === 1 && (only === null || only === undefined)))
    return { license: 'unknown' };
  const id = names.length === 1 && only ? KNOWN_IDS[only.toLowerCase()] : undefined;
  return id === undefined
    ? { license: 'other', license_name: 'see-sources', license_link: 'README.md#sources' }
    : { license: id };
}

/** The same for readers of URLs: a page of SPDX where one exists; else the words of the sources. */
export function licenceTexts(sources: readonly CorpusSource[]): readonly string[] {
  return [
    ...new Set(
      sources.map(({ dataset, licence }) => {
        if (licence === null) return `unknown (${dataset})`;
        const id = KNOWN_IDS[licence.toLowerCase()];
        return id === undefined ? licence : `https://spdx.org/licenses/${licence}.html`;
      }),
    ),
  ];
}
