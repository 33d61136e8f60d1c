import { z } from 'zod';

export const SPLITS = ['train', 'val', 'test'] as const;
export const splitSchema = z.enum(SPLITS);
export type Split = (typeof SPLITS)[number];

/** The rule that made a split. */
export const SPLIT_RULES = ['image-prompt', 'paper', 'generator', 'random'] as const;
export const splitBySchema = z.enum(SPLIT_RULES);
export type SplitBy = (typeof SPLIT_RULES)[number];
