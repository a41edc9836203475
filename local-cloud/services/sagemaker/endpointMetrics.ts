/**
 * What an endpoint publishes in AWS/SageMaker: counts and latencies of its invocations.
 *
 * https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
import type { Cloud, MetricDatum } from '../service';

const BATCH_MS = 250;

/** One invocation. */
export interface InvocationMeasurement {
  readonly endpoint: string;
  readonly variant: string;
  readonly instances: number;
  readonly status: number;
  /** Milliseconds that the container took, if it answered. */
  readonly modelMs: number | undefined;
  readonly totalMs: number;
}

interface Series {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: Record<string, number[]>;
}

const UNITS: Readonly<Record<string, string>> = {
  Invocations: 'Count',
  InvocationsPerInstance: 'Count',
  Invocation4XXErrors: 'Count',
  Invocation5XXErrors: 'Count',
  ModelLatency: 'Microseconds',
  OverheadLatency: 'Microseconds',
};

/** Collects invocations and publishes them in batches. */
export class EndpointMetrics {
  private series = new Map<string, Series>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly cloud: Cloud) {}

  add(one: InvocationMeasurement): void {
    const key = `${one.endpoint}/${one.variant}`;
    const series = this.series.get(key) ?? {
      dimensions: { EndpointName: one.endpoint, VariantName: one.variant },
      values: {},
    };
    this.series.set(key, series);
    const put = (name: string, value: number): void => void (series.values[name] ??= []).push(value);
    put('Invocations', 1);
    put('InvocationsPerInstance', 1 / Math.max(1, one.instances));
    put('Invocation4XXErrors', Number(one.status >= 400 && one.status < 500));
    put('Invocation5XXErrors', Number(one.status >= 500));
    if (one.modelMs !== undefined) {
      put('ModelLatency', one.modelMs * 1000);
      put('OverheadLatency', Math.max(0, one.totalMs - one.modelMs) * 1000);
    }
    this.timer ??= setTimeout(() => void this.flush(), BATCH_MS).unref();
  }

  /** Publishes what waits. Never fails: metrics that cannot be delivered are lost. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.series.values()];
    this.series = new Map();
    const data: MetricDatum[] = all.flatMap(({ dimensions, values }) =>
      Object.entries(values).map(([name, measured]) => ({
        namespace: 'AWS/SageMaker',
        name,
        dimensions,
        values: measured,
        unit: UNITS[name],
      })),
    );
    if (data.length > 0) {
      this.sending = this.sending.then(() => this.cloud.metric(data)).catch(() => undefined);
    }
    return this.sending;
  }
}
