/** SRCC and PLCC, in that order; null where the table has a dash. */
export type PublishedPair = readonly [number, number] | null;

export interface PublishedRow {
  readonly method: string;
  /** True for rows with an asterisk: taken over from the method's own paper, not run by the table's authors. */
  readonly quoted: boolean;
  /** In the order of `PUBLISHED_COLUMNS`. */
  readonly pairs: readonly PublishedPair[];
}

/** What the table's columns are, by dataset reader and aspect. */
export const PUBLISHED_COLUMNS = [
  ['agiqa-3k', 'quality'],
  ['agiqa-3k', 'correspondence'],
  ['aigciqa2023', 'quality'],
  ['aigciqa2023', 'correspondence'],
  ['aigciqa2023', 'authenticity'],
  ['aigiqa-20k', 'quality'],
] as const;

/**
 * The table of comparison results of M3-AGIQA, row by row in its order.
 *
 * Source: Cui et al. 2025, arXiv 2502.15167v1, read from the paper's HTML as deep-diver/ai-paper-reviewer keeps it
 * (content/paper-reviews/2502.15167/index.md, checked 2026-11-28). Its one row of DBCNN has an asterisk: a run of DBCNN by the
 * authors was not found.
 */
export const PUBLISHED_ROWS: readonly PublishedRow[] = [
  own(
    'VGG16',
    [0.8167, 0.8752],
    [0.6867, 0.8108],
    [0.8157, 0.8282],
    [0.6839, 0.6853],
    [0.7399, 0.7465],
    [0.8133, 0.866],
  ),
  own(
    'ResNet50',
    [0.8552, 0.9072],
    [0.7493, 0.8564],
    [0.819, 0.8503],
    [0.723, 0.727],
    [0.7571, 0.7563],
    [0.8036, 0.8661],
  ),
  own(
    'ViT-B/16',
    [0.8659, 0.9115],
    [0.7478, 0.8449],
    [0.837, 0.8618],
    [0.7293, 0.7439],
    [0.7783, 0.7697],
    [0.8407, 0.8904],
  ),
  own(
    'ViL',
    [0.875, 0.9145],
    [0.757, 0.8561],
    [0.8436, 0.877],
    [0.7174, 0.7296],
    [0.7753, 0.777],
    [0.8459, 0.8852],
  ),
  quoted(
    'DBCNN',
    [0.8154, 0.8747],
    [0.6329, 0.7823],
    [0.8339, 0.8577],
    [0.6837, 0.6787],
    [0.7485, 0.7436],
    [0.7941, 0.8542],
  ),
  own(
    'StairIQA',
    [0.8439, 0.8989],
    [0.7345, 0.8474],
    [0.8264, 0.8483],
    [0.7176, 0.7133],
    [0.7596, 0.7514],
    [0.8126, 0.8746],
  ),
  own(
    'MGQA',
    [0.8283, 0.8944],
    [0.7244, 0.843],
    [0.8093, 0.8308],
    [0.6892, 0.6745],
    [0.7367, 0.731],
    [0.8107, 0.8534],
  ),
  own(
    'HyperIQA',
    [0.8526, 0.8975],
    [0.7437, 0.8471],
    [0.8357, 0.8504],
    [0.7318, 0.7222],
    [0.7758, 0.779],
    [0.8171, 0.8584],
  ),
  quoted(
    'AMFF-Net',
    [0.8565, 0.905],
    [0.7513, 0.8476],
    [0.8409, 0.8537],
    [0.7782, 0.7638],
    [0.7749, 0.7643],
    null,
  ),
  quoted('MA-AGIQA', [0.8939, 0.9273], null, null, null, null, [0.8644, 0.905]),
  quoted(
    'IPCE',
    [0.8841, 0.9246],
    [0.7697, 0.8725],
    [0.864, 0.8788],
    [0.7979, 0.7887],
    [0.8097, 0.7998],
    [0.9076, 0.9274],
  ),
  quoted('SF-IQA', [0.9024, 0.9314], [0.8454, 0.9072], null, null, null, [0.9009, 0.9268]),
  own(
    'M3-AGIQA',
    [0.9045, 0.9317],
    [0.8523, 0.9142],
    [0.8618, 0.8922],
    [0.806, 0.7973],
    [0.8282, 0.8165],
    [0.8988, 0.9292],
  ),
];

function own(method: string, ...pairs: readonly PublishedPair[]): PublishedRow {
  return { method, quoted: false, pairs };
}

function quoted(method: string, ...pairs: readonly PublishedPair[]): PublishedRow {
  return { method, quoted: true, pairs };
}
