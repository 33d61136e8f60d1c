import { answerDebris } from './checks/answer-debris.ts';
import { classImbalance } from './checks/class-imbalance.ts';
import { controlToken } from './checks/control-token.ts';
import { controlTokenDefused } from './checks/control-token-defused.ts';
import { conversationMissing } from './checks/conversation-missing.ts';
import { generatorConfounded } from './checks/generator-confounded.ts';
import { imageInTwoSplits } from './checks/image-in-two-splits.ts';
import { imagePromptInTwoSplits } from './checks/image-prompt-in-two-splits.ts';
import { imageTokenMisplaced } from './checks/image-token-misplaced.ts';
import { labelInText } from './checks/label-in-text.ts';
import { labelLeak } from './checks/label-leak.ts';
import { labelMismatch } from './checks/label-mismatch.ts';
import { labelOfOtherAspect } from './checks/label-of-other-aspect.ts';
import { lengthOutlier } from './checks/length-outlier.ts';
import { metadataFloor } from './checks/metadata-floor.ts';
import { missingImage } from './checks/missing-image.ts';
import { nearCut } from './checks/near-cut.ts';
import { nearDuplicate } from './checks/near-duplicate.ts';
import { refusal } from './checks/refusal.ts';
import { repeatedAnswer } from './checks/repeated-answer.ts';
import { sawLabelInEvaluation } from './checks/saw-label-in-evaluation.ts';
import { tooLong } from './checks/too-long.ts';
import { turnOrder } from './checks/turn-order.ts';
import type { AuditCheck } from './finding.ts';

/** Everything an audit looks for, in the order in which findings of one severity are reported. */
export const AUDIT_CHECKS: readonly AuditCheck[] = [
  imagePromptInTwoSplits,
  imageInTwoSplits,
  nearDuplicate,
  labelMismatch,
  labelOfOtherAspect,
  sawLabelInEvaluation,
  missingImage,
  turnOrder,
  imageTokenMisplaced,
  controlToken,
  refusal,
  labelInText,
  answerDebris,
  repeatedAnswer,
  conversationMissing,
  classImbalance,
  tooLong,
  lengthOutlier,
  labelLeak,
  generatorConfounded,
  metadataFloor,
  nearCut,
  controlTokenDefused,
];
