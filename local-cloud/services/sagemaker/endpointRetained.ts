/** What an update keeps of the endpoint's present state. */
import type { UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import type { TakenConfig } from './endpointState';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html: RetainAllVariantProperties */
export function retained(current: TakenConfig, wanted: TakenConfig, input: UpdateEndpointInput): TakenConfig {
  if (!input.RetainAllVariantProperties) return wanted;
  const dropped = new Set(
    (input.ExcludeRetainedVariantProperties ?? []).map(({ VariantPropertyType }) => VariantPropertyType),
  );
  const ProductionVariants = wanted.ProductionVariants!.map((variant) => {
    const now = current.ProductionVariants!.find(({ VariantName }) => VariantName === variant.VariantName);
    if (!now) return variant;
    return {
      ...variant,
      ...(!dropped.has('DesiredInstanceCount') &&
        now.InitialInstanceCount !== undefined &&
        variant.InitialInstanceCount !== undefined && { InitialInstanceCount: now.InitialInstanceCount }),
      ...(!dropped.has('DesiredWeight') && { InitialVariantWeight: now.InitialVariantWeight }),
    };
  });
  const DataCaptureConfig = dropped.has('DataCaptureConfig') ? wanted.DataCaptureConfig : current.DataCaptureConfig;
  return { ...wanted, ProductionVariants, DataCaptureConfig };
}
