/** What Croissant 1.1 requires of a dataset; its own validator passes without most of them. */
const REQUIRED = [
  '@context',
  '@type',
  'conformsTo',
  'name',
  'description',
  'license',
  'url',
  'creator',
  'datePublished',
  'distribution',
] as const;

const CONFORMS_TO = 'http://mlcommons.org/croissant/1.1';

/**
 * What a Croissant description lacks of the specification's ten required fields, and files without a checksum; a sentence
 * each, empty when it is complete.
 *
 * @see docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html, "Dataset-level information" (checked 2026-11-28)
 */
export function croissantProblems(description: Readonly<Record<string, unknown>>): readonly string[] {
  const missing = REQUIRED.filter((name) => isEmpty(description[name])).map((name) => `${name} is missing`);
  const conforms = description.conformsTo;
  const version =
    isEmpty(conforms) || conforms === CONFORMS_TO
      ? []
      : [`conformsTo is ${String(conforms)}, not ${CONFORMS_TO}`];
  return [...missing, ...version, ...fileProblems(description.distribution)];
}

function fileProblems(distribution: unknown): readonly string[] {
  if (!Array.isArray(distribution)) return [];
  return distribution.flatMap((file: unknown, index) => {
    if (typeof file !== 'object' || file === null) return [`distribution ${index} is no object`];
    const members = new Map(Object.entries(file));
    if (members.get('@type') !== 'cr:FileObject') return [];
    const place = String(members.get('@id') ?? index);
    return ['name', 'contentUrl', 'encodingFormat', 'sha256']
      .filter((name) => isEmpty(members.get(name)))
      .map((name) => `distribution ${place}: ${name} is missing`);
  });
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}
