import { z } from 'zod';

/** Steps of the pipeline in the order in which data passes them. */
export const STAGES = ['import', 'prepare', 'teach', 'audit', 'export', 'encode', 'fit', 'report'] as const;
export const stageSchema = z.enum(STAGES);
export type Stage = (typeof STAGES)[number];
