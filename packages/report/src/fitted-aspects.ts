import type { Aspect } from '@retort/schema';
import type { AspectFit, HeadResult } from './fit-data.ts';
import type { ReportData } from './report-data.ts';

export interface FittedAspect {
  readonly aspect: Aspect;
  readonly fit: AspectFit;
}

/** The fits there are, in the order in which the run names its aspects. */
export function fittedAspects(data: ReportData): FittedAspect[] {
  return data.run.aspects.flatMap((aspect) => {
    const fit = data.fit?.[aspect];
    return fit === undefined ? [] : [{ aspect, fit }];
  });
}

/** What predicts; the page's figures are its own unless they say otherwise. */
export function scorerOf(fit: AspectFit): HeadResult {
  return fit.heads[0];
}

/** The head that the others are compared with; null where it wasn't fitted, or is the scorer itself. */
export function referenceOf(fit: AspectFit): HeadResult | null {
  return fit.heads.slice(1).find((head) => head.name === fit.reference) ?? null;
}

/** Scorer and reference: the two that stand beside each other where there is no room for every head. */
export function mainHeads(fit: AspectFit): HeadResult[] {
  const reference = referenceOf(fit);
  return reference === null ? [scorerOf(fit)] : [scorerOf(fit), reference];
}

/** The heads that `mainHeads` leaves out. */
export function otherHeads(fit: AspectFit): HeadResult[] {
  const main = mainHeads(fit);
  return fit.heads.filter((head) => !main.includes(head));
}
