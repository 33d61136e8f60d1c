import { createRowCheck } from '../row-check.ts';

/** Rows without a usable picture. Consumers put a random other row in their place in silence. */
export const missingImage = createRowCheck({
  code: 'missing-image',
  severity: 'error',
  summary: 'have no image that can be read',
  advice:
    'Put the files back where the rows say (--images DIR names another folder), or take the rows out: trainers replace them by random others without a word.',
  find: (row) => row.imageProblem ?? (row.imageKey === null ? 'no image' : null),
});
