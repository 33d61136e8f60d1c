import { z } from 'zod';

/** What people rated and the teacher is asked about. */
export const ASPECTS = ['quality', 'correspondence', 'authenticity'] as const;
export const aspectSchema = z.enum(ASPECTS);
export type Aspect = (typeof ASPECTS)[number];

/** What one request is about: an aspect, or `all` where it asks about several at once. */
export const REQUEST_ASPECTS = [...ASPECTS, 'all'] as const;
export const requestAspectSchema = z.enum(REQUEST_ASPECTS);
export type RequestAspect = (typeof REQUEST_ASPECTS)[number];

/** Prose about each aspect that one answer describes. */
export type Descriptions = Readonly<Partial<Record<Aspect, string>>>;
