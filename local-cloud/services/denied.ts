const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'Forbidden', '403']);

/** Whether a principal may not do what it asked for, in whichever way the service asked says so. */
export function isDenied(error: unknown): boolean {
  const { name, Code } = error as { name?: string; Code?: string };
  return DENIED.has(name ?? '') || DENIED.has(Code ?? '');
}
