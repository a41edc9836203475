/**
 * Whether two names mean one thing of SageMaker: it writes names in ARNs in lower case, and a stack knows its
 * configurations by their ARNs, under names such as `EndpointConfig-Xk3v…`.
 */
export function sameName(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}
