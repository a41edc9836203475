/**
 * What is known of the exam: domains with their weights, tasks, and the scaled score. Weights are MLA-C02's, of its guide;
 * its predecessor's MLA-C01 were 28, 26, 22 and 24. docs/exam.md says which task is practised where.
 *
 * @see https://docs.aws.amazon.com/aws-certification/latest/examguides/machine-learning-engineer-associate-02.html
 */
export interface Domain {
  /** First digit of its tasks. */
  readonly id: '1' | '2' | '3' | '4';
  readonly title: string;
  /** Share of the scored questions, in per cent. */
  readonly weight: number;
  readonly tasks: readonly string[];
}

export const DOMAINS: readonly Domain[] = [
  { id: '1', title: 'Data preparation', weight: 28, tasks: ['1.1', '1.2', '1.3'] },
  { id: '2', title: 'Model development', weight: 24, tasks: ['2.1', '2.2', '2.3'] },
  { id: '3', title: 'Deployment and orchestration', weight: 24, tasks: ['3.1', '3.2', '3.3'] },
  { id: '4', title: 'Monitoring, maintenance and security', weight: 24, tasks: ['4.1', '4.2', '4.3'] },
];

/**
 * Length and score of the real exam.
 *
 * @see https://docs.aws.amazon.com/aws-certification/latest/examguides/machine-learning-engineer-associate-01.html
 */
export const REAL_EXAM = {
  /** 65 questions in 130 minutes, and 85 in 170 in the beta of MLA-C02. */
  minutesPerQuestion: 2,
  /** On a scale from 100 to 1,000 that is no percentage: questions weigh differently from form to form. */
  pass: 720,
  best: 1000,
} as const;
