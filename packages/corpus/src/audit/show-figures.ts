import type { PredictionFigures } from './measures/prediction-figures.ts';

/** Figures as evidence shows them: `SRCC 0.703, PLCC 0.806 (raw), words right 57.1 %, at most one off 97.7 % (n 2385)`. */
export function showFigures({ n, srcc, plccRaw, accuracy, roughAccuracy }: PredictionFigures): string {
  return (
    `SRCC ${showNumber(srcc)}, PLCC ${showNumber(plccRaw)} (raw), words right ${showPercent(accuracy)}, ` +
    `at most one off ${showPercent(roughAccuracy)} (n ${n})`
  );
}

/** Three digits after the point; `undefined` in the mathematical sense where there is none. */
export function showNumber(value: number | null): string {
  return value === null ? 'undefined' : value.toFixed(3);
}

/** With one digit after the point. */
export function showPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
