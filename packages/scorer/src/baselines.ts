/** The paper's baselines by name, as `baselines/registry.py` has them. */
export const BASELINE_NAMES = [
  'vgg16',
  'resnet50',
  'vit-b16',
  'vil',
  'dbcnn',
  'hyperiqa',
  'stairiqa',
  'mgqa',
] as const;
export type BaselineName = (typeof BASELINE_NAMES)[number];
