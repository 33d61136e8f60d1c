/** Steps of the pipeline in the order in which data passes them. */
export const STAGES = ['import', 'prepare', 'teach', 'audit', 'export', 'encode', 'fit', 'report'] as const;
export type Stage = (typeof STAGES)[number];
