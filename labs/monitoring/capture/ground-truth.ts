/** What happened to a flight, in Model Monitor's form. */

/**
 * One line of truth.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
 */
export const groundTruthLine = (id: string, late: 0 | 1): string =>
  `${JSON.stringify({
    groundTruthData: { data: String(late), encoding: 'CSV' },
    eventMetadata: { eventId: id },
    eventVersion: '0',
  })}\n`;
