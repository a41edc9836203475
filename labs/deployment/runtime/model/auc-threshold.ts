/** How good a model must be, at least, on the sample. Fixed before any release is seen. */
import { standardError } from './sample';

/**
 * Below it, sorting flights by their scheduled hour alone does as well (AUC 0.660 on the test slice): such a model is not
 * worth an endpoint, whatever was claimed for it.
 */
export const MIN_AUC = 0.66;
/** A good model falls below its claim by this many standard errors once in 700 releases. */
export const STANDARD_ERRORS = 3;

export interface AucThreshold {
  readonly auc: number;
  /** Of the sample, for the claim. @default - nothing was claimed */
  readonly standardError?: number;
  /** Why this figure. */
  readonly because: string;
}

/** @param claimed the AUC that the version was registered with, on the whole test slice */
export function aucThresholdFor(claimed: number | undefined, labels: Uint8Array): AucThreshold {
  const alone = `scheduled hours alone reach ${MIN_AUC.toFixed(2)}`;
  if (claimed === undefined) return { auc: MIN_AUC, because: `${alone}, and the version claims no AUC` };
  const error = standardError(claimed, labels);
  const allowed = claimed - STANDARD_ERRORS * error;
  return allowed > MIN_AUC
    ? {
        auc: allowed,
        standardError: error,
        because: `the version claims ${claimed.toFixed(4)}; ${STANDARD_ERRORS} standard errors of ${error.toFixed(4)} are chance`,
      }
    : { auc: MIN_AUC, standardError: error, because: `${alone}, though the version claims ${claimed.toFixed(4)}` };
}

/** `0.7719` as the pipeline's variable carries it, or undefined for anything that is no AUC. */
export function parseClaimedAuc(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && text.trim() !== '' && value > 0 && value <= 1 ? value : undefined;
}
