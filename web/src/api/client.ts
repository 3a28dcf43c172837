import createClient from 'openapi-fetch';
import type { paths } from '../../../openapi/typescript/tasks';
import { csrf, loginRequired } from '@/access/me';
import { ApiProblem } from './problem';
import type {
  LayoutList, AuditPage, AuditVerification, BatchResult, BootDetail, BootSummary, Delivery, EffectiveProfile, FleetStats, HardwareChange, IdcSummary, InstallProfile, InventoryVersion, LintResult,
  MachineDetail, MachinePage, OsSystem, ProfileRequest, ProfileSettings, RenderRequest, RenderedTemplate, SampleSummary, ShellSession, SiteAsset, SiteSettings, Task, TaskHistory, TaskLogs, TaskPage,
  TaskPlanAnswer, TaskPreview, TaskSpec, TemplateDifference, TemplateSummary, TemplateText, TemplateVersionSummary, Throughput, Webhook, WebhookDeliveries,
  WebhookRequest, WipeCertificate,
} from './types';

const client = createClient<paths>({ baseUrl: location.origin });
client.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(csrf())) request.headers.set(name, value);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) loginRequired();
  },
});

interface Answer { data?: unknown; error?: unknown; response: Response }

/** The answer's data; anything but success, and no answer at all, is an ApiProblem. */
async function need<T>(call: Promise<Answer>): Promise<T> {
  let answer: Answer;
  try {
    answer = await call;
  } catch (e) {
    throw e instanceof DOMException && e.name === 'AbortError' ? e : ApiProblem.unreachable();
  }
  if (!answer.response.ok) throw ApiProblem.from(answer.response.status, answer.error);
  return answer.data as T;
}

export interface TaskQuery { idc?: string; status?: string; q?: string; tag?: string; sort?: string; limit?: number; cursor?: string }
export interface MachineQuery { idc?: string; unmatched?: string; online?: string; decommissioned?: string; tag?: string; sort?: string; q?: string; limit?: number; cursor?: string }

export interface AuditQuery { idc?: string; sn?: string; task_id?: string; action?: string; limit?: number; cursor?: string }

const machine = (idc: string, sn: string) => ({ params: { path: { idc, sn } } });

const assetPath = (idc: string, name: string) => ({ idc, folder: name.split('/')[0]!, file: name.split('/')[1]! });

export const api = {
  tasks: (query: TaskQuery, signal?: AbortSignal) => need<TaskPage>(client.GET('/api/v1/tasks', { params: { query }, signal })),
  task: (idc: string, sn: string) => need<Task>(client.GET('/api/v1/tasks/{idc}/{sn}', machine(idc, sn))),
  createTask: (body: TaskSpec) => need<Task>(client.POST('/api/v1/tasks', { body: body as never })),
  plan: (idc: string, sn: string) => need<TaskPlanAnswer>(client.GET('/api/v1/tasks/{idc}/{sn}/plan', machine(idc, sn))),
  /** With `after`, what has come since; all where it was of another task. */
  logs: (idc: string, sn: string, after?: string) => need<TaskLogs>(client.GET('/api/v1/tasks/{idc}/{sn}/logs', { params: { path: { idc, sn }, query: { after } } })),
  history: (idc: string, sn: string) => need<TaskHistory>(client.GET('/api/v1/tasks/{idc}/{sn}/history', machine(idc, sn))),
  approve: (idc: string, sn: string, body: { notes?: string; plan_hash?: string }) =>
    need<Task>(client.POST('/api/v1/tasks/{idc}/{sn}/approve', { ...machine(idc, sn), body })),
  reject: (idc: string, sn: string, reason?: string) => need<Task>(client.POST('/api/v1/tasks/{idc}/{sn}/reject', { ...machine(idc, sn), body: { reason } })),
  cancel: (idc: string, sn: string, reason?: string) => need<Task>(client.POST('/api/v1/tasks/{idc}/{sn}/cancel', { ...machine(idc, sn), body: { reason } })),
  retry: (idc: string, sn: string, reason?: string) => need<Task>(client.POST('/api/v1/tasks/{idc}/{sn}/retry', { ...machine(idc, sn), body: { reason } })),
  wipes: (idc: string, sn: string) => need<{ items: WipeCertificate[] }>(client.GET('/api/v1/tasks/{idc}/{sn}/wipe-certificates', machine(idc, sn))),
  machines: (query: MachineQuery, signal?: AbortSignal) => need<MachinePage>(client.GET('/api/v1/machines', { params: { query }, signal })),
  machine: (idc: string, sn: string) => need<MachineDetail>(client.GET('/api/v1/machines/{idc}/{sn}', machine(idc, sn))),
  boots: (query: { idc?: string; stalled?: string; limit?: number }) => need<{ items: BootSummary[]; total: number }>(client.GET('/api/v1/boots', { params: { query } })),
  taskBoots: (idc: string, sn: string) => need<{ items: BootDetail[] }>(client.GET('/api/v1/tasks/{idc}/{sn}/boots', machine(idc, sn))),
  machineBoots: (idc: string, sn: string) => need<{ items: BootDetail[] }>(client.GET('/api/v1/machines/{idc}/{sn}/boots', machine(idc, sn))),
  editMachine: (idc: string, sn: string, body: { notes?: string | null; tags?: string[] }) => need<MachineDetail>(client.PATCH('/api/v1/machines/{idc}/{sn}', { ...machine(idc, sn), body: body as never })),
  decommission: (idc: string, sn: string, reason?: string) => need<MachineDetail>(client.POST('/api/v1/machines/{idc}/{sn}/decommission', { ...machine(idc, sn), body: { reason } })),
  recommission: (idc: string, sn: string) => need<MachineDetail>(client.POST('/api/v1/machines/{idc}/{sn}/recommission', machine(idc, sn))),
  requireTpm: (idc: string, sn: string, required: boolean) => need<MachineDetail>(client.PUT('/api/v1/machines/{idc}/{sn}/tpm', { ...machine(idc, sn), body: { required } })),
  releaseTpm: (idc: string, sn: string) => need<MachineDetail>(client.POST('/api/v1/machines/{idc}/{sn}/tpm/release', { ...machine(idc, sn), body: {} })),
  openShell: (idc: string, sn: string, body: { minutes?: number; reason?: string }) => need<ShellSession>(client.POST('/api/v1/machines/{idc}/{sn}/shell', { ...machine(idc, sn), body })),
  shell: (idc: string, sn: string) => need<ShellSession>(client.GET('/api/v1/machines/{idc}/{sn}/shell', machine(idc, sn))),
  endShell: (idc: string, sn: string) => need<void>(client.DELETE('/api/v1/machines/{idc}/{sn}/shell', machine(idc, sn))),
  machineTasks: (idc: string, sn: string) => need<{ items: Task[] }>(client.GET('/api/v1/machines/{idc}/{sn}/tasks', machine(idc, sn))),
  inventories: (idc: string, sn: string) => need<{ items: InventoryVersion[] }>(client.GET('/api/v1/machines/{idc}/{sn}/inventories', machine(idc, sn))),
  difference: (idc: string, sn: string, query: { from?: string; to?: string }) => need<{ changes: HardwareChange[] }>(client.GET('/api/v1/machines/{idc}/{sn}/diff', { params: { path: { idc, sn }, query } })),
  stats: () => need<FleetStats>(client.GET('/api/v1/stats')),
  throughput: (query: { idc?: string; step_hours?: string; points?: string }) => need<Throughput>(client.GET('/api/v1/stats/throughput', { params: { query } })),
  idcs: () => need<{ items: IdcSummary[] }>(client.GET('/api/v1/idcs')),
  verifyAudit: (idc?: string) => need<AuditVerification>(client.GET('/api/v1/audit/verify', { params: { query: { idc } } })),
  audit: (query: AuditQuery) => need<AuditPage>(client.GET('/api/v1/audit', { params: { query } })),
  systems: () => need<{ items: OsSystem[] }>(client.GET('/api/v1/systems')),
  assets: (idc: string) => need<{ items: SiteAsset[] }>(client.GET('/api/v1/assets/{idc}', { params: { path: { idc } } })),
  askAsset: (idc: string, name: string, body: { sha256: string; source?: string }) => need<unknown>(client.PUT('/api/v1/assets/{idc}/{folder}/{file}', { params: { path: assetPath(idc, name) }, body })),
  forgetAsset: (idc: string, name: string) => need<void>(client.DELETE('/api/v1/assets/{idc}/{folder}/{file}', { params: { path: assetPath(idc, name) } })),
  verifyAssets: (idc: string) => need<{ items: SiteAsset[] }>(client.POST('/api/v1/assets/{idc}/verify', { params: { path: { idc } } })),
  settings: (idc: string) => need<SiteSettings>(client.GET('/api/v1/idcs/{idc}/settings', { params: { path: { idc } } })),
  saveSettings: (idc: string, body: SiteSettings) => need<SiteSettings>(client.PUT('/api/v1/idcs/{idc}/settings', { params: { path: { idc } }, body: body as never })),
  diskLayouts: () => need<LayoutList>(client.GET('/api/v1/disk-layouts')),
  previewTask: (body: Partial<TaskSpec>, signal?: AbortSignal) => need<TaskPreview>(client.POST('/api/v1/tasks/preview', { body: body as never, signal })),
  batch: (tasks: readonly unknown[], dryRun: boolean, key?: string) =>
    need<BatchResult>(client.POST('/api/v1/tasks/batch', { params: { header: key ? { 'Idempotency-Key': key } : undefined }, body: { tasks, dry_run: dryRun } as never })),
  profiles: () => need<{ items: InstallProfile[] }>(client.GET('/api/v1/profiles')),
  profileVersions: (name: string) => need<{ items: InstallProfile[] }>(client.GET('/api/v1/profiles/{name}/versions', { params: { path: { name } } })),
  saveProfile: (name: string, body: ProfileRequest) => need<InstallProfile>(client.PUT('/api/v1/profiles/{name}', { params: { path: { name } }, body: body as never })),
  effective: (name: string, query: { version?: string; idc?: string; sn?: string; tag?: string }) => need<EffectiveProfile>(client.GET('/api/v1/profiles/{name}/effective', { params: { path: { name }, query } })),
  defaults: () => need<ProfileSettings>(client.GET('/api/v1/defaults')),
  saveDefaults: (body: ProfileSettings) => need<ProfileSettings>(client.PUT('/api/v1/defaults', { body: body as never })),
  idcDefaults: (idc: string) => need<ProfileSettings>(client.GET('/api/v1/idcs/{idc}/defaults', { params: { path: { idc } } })),
  saveIdcDefaults: (idc: string, body: ProfileSettings) => need<ProfileSettings>(client.PUT('/api/v1/idcs/{idc}/defaults', { params: { path: { idc } }, body: body as never })),
  tagDefaults: () => need<{ items: Record<string, ProfileSettings> }>(client.GET('/api/v1/tag-defaults')),
  saveTagDefaults: (tag: string, body: ProfileSettings) => need<ProfileSettings>(client.PUT('/api/v1/tag-defaults/{tag}', { params: { path: { tag } }, body: body as never })),
  machineDefaults: (idc: string, sn: string) => need<ProfileSettings>(client.GET('/api/v1/machines/{idc}/{sn}/defaults', machine(idc, sn))),
  saveMachineDefaults: (idc: string, sn: string, body: ProfileSettings) => need<ProfileSettings>(client.PUT('/api/v1/machines/{idc}/{sn}/defaults', { ...machine(idc, sn), body: body as never })),
  templates: (idc?: string) => need<{ items: TemplateSummary[] }>(client.GET('/api/v1/templates', { params: { query: { idc } } })),
  templateSamples: () => need<{ items: SampleSummary[] }>(client.GET('/api/v1/templates/samples')),
  lintTemplates: (idc?: string) => need<LintResult>(client.GET('/api/v1/templates/lint', { params: { query: { idc } } })),
  renderTemplate: (body: RenderRequest) => need<RenderedTemplate>(client.POST('/api/v1/templates/render', { body: body as never })),
  template: (folder: string, file: string, query: { idc?: string; version?: string }) => need<TemplateText>(client.GET('/api/v1/templates/{folder}/{file}', { params: { path: { folder, file }, query } })),
  templateVersions: (folder: string, file: string, query: { idc?: string }) => need<{ items: TemplateVersionSummary[] }>(client.GET('/api/v1/templates/{folder}/{file}/versions', { params: { path: { folder, file }, query } })),
  templateDiff: (folder: string, file: string, query: { idc?: string; from?: string; to?: string }) => need<TemplateDifference>(client.GET('/api/v1/templates/{folder}/{file}/diff', { params: { path: { folder, file }, query } })),
  saveTemplate: (folder: string, file: string, body: { idc?: string; text: string; notes?: string; base_version: number }) => need<TemplateVersionSummary>(client.PUT('/api/v1/templates/{folder}/{file}', { params: { path: { folder, file } }, body })),
  rollBackTemplate: (folder: string, file: string, body: { idc?: string; version: number }) => need<TemplateVersionSummary>(client.POST('/api/v1/templates/{folder}/{file}/rollback', { params: { path: { folder, file } }, body })),
  webhooks: () => need<{ items: Webhook[] }>(client.GET('/api/v1/webhooks')),
  createWebhook: (body: WebhookRequest) => need<Webhook>(client.POST('/api/v1/webhooks', { body: body as never })),
  saveWebhook: (id: string, body: WebhookRequest) => need<Webhook>(client.PUT('/api/v1/webhooks/{id}', { params: { path: { id } }, body: body as never })),
  deleteWebhook: (id: string) => need<void>(client.DELETE('/api/v1/webhooks/{id}', { params: { path: { id } } })),
  testWebhook: (id: string) => need<Delivery>(client.POST('/api/v1/webhooks/{id}/test', { params: { path: { id } } })),
  deliveries: (id: string) => need<WebhookDeliveries>(client.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id } } })),
};
