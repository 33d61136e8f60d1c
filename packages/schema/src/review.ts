/** What a person can decide about a conversation; `edited` replaces its description. */
export const REVIEW_DECISIONS = ['accepted', 'rejected', 'edited'] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];

/** How a person touched a conversation that a corpus holds: read and let stand, or written anew. */
export type ReviewMark = Exclude<ReviewDecision, 'rejected'>;

/** Rows of a corpus that a person touched; `rejected` are those left out. */
export type ReviewCounts = Readonly<Record<ReviewDecision, number>>;
