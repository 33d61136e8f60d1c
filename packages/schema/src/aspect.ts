import { z } from 'zod';

/** What people rated and the teacher is asked about. */
export const ASPECTS = ['quality', 'correspondence', 'authenticity'] as const;
export const aspectSchema = z.enum(ASPECTS);
export type Aspect = (typeof ASPECTS)[number];
