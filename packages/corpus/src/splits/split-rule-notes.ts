import type { SplitBy } from '@retort/schema';

const NOTES: Readonly<Record<SplitBy, string>> = {
  'image-prompt':
    'Split by image prompt: all images of a prompt are on one side, and so are identical images; every aspect shares ' +
    'the split. Prompts are compared trimmed, in lower case and with white space collapsed; an image without a prompt ' +
    'is a group of its own. Validation is carved from train by prompt and is never the test set.',
  generator:
    'Split by generator: whole generators are held out for test, validation is carved from the other generators by ' +
    'image prompt. Test images share their image prompts with train, so a score here says how well an unseen ' +
    'generator is judged, not an unseen prompt.',
  random:
    'Random split by image: identical images are on one side, but images of one prompt are spread over all three. ' +
    'This leaks the prompt from train into test; scores are too high and are not comparable with a split by prompt.',
  paper:
    "The paper's own split, by image name; where it has no validation, that is carved from train by image prompt, never " +
    'from test. Its test images share their image prompts with train, so it is there for comparison with published ' +
    'figures only.',
};

/** What a reader of results must know of the rule that made their split; for reports and corpus cards. */
export function splitRuleNotes(by: SplitBy): string {
  return NOTES[by];
}
