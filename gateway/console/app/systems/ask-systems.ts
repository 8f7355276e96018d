import type { SystemsReport } from '../../../telemetry/systems-report.ts';
import { bodyOf, messageOf, refused, request } from '../graph/ask.ts';

/** What came of asking how all is. */
export type SystemsAnswer =
  | { readonly kind: 'report'; readonly report: SystemsReport; readonly at: Date }
  /** It's for operators, and the caller is none. */
  | { readonly kind: 'forbidden'; readonly message: string };

/** Asks how all is, with the rights of whoever is signed in. Errors: AskError; the signal's reason when it aborts. */
export async function askSystems(signal: AbortSignal): Promise<SystemsAnswer> {
  const response = await request('/systems.json', { headers: { accept: 'application/json' } }, signal);
  const body = await bodyOf<SystemsReport>(response);
  if (response.status === 403) return { kind: 'forbidden', message: messageOf(body.errors) ?? '' };
  if (response.status === 200 && body.gateway) return { kind: 'report', report: body as SystemsReport, at: new Date() };
  throw refused(response.status, body.errors);
}
