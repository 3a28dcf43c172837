import type { components } from '../../../openapi/typescript/tasks';

/** The document says of numbers that they may come as texts; this service never writes them so. */
type Tidy<T> = number extends T ? Exclude<T, string>
  : T extends readonly (infer Item)[] ? Tidy<Item>[]
  : T extends object ? { [K in keyof T]: Tidy<T[K]> }
  : T;

type Schemas = { [K in keyof components['schemas']]: Tidy<components['schemas'][K]> };

export type TaskState = Schemas['TaskState'];
export type Task = Schemas['InstallTask'];
export type TaskSpec = Schemas['TaskSpec'];
export type TaskPage = Schemas['TaskPage'];
export type TaskPlanAnswer = Schemas['TaskPlanAnswer'];
export type InstallPlan = Schemas['InstallPlan'];
export type TaskHistory = Schemas['TaskHistory'];
export type TaskLogs = Schemas['TaskLogs'];
export type TaskFailure = Schemas['TaskFailure'];
export type MachineSummary = Schemas['MachineSummary'];
export type MachineDetail = Schemas['MachineDetail'];
export type ShellSession = Schemas['ShellSession'];
export type SecurityAlert = Schemas['SecurityAlert'];
export type KeyList = Schemas['KeyList'];
export type ResealResult = Schemas['ResealResult'];
export type MachinePage = Schemas['MachinePage'];
export type Inventory = Schemas['Inventory'];
export type DiskVerdict = Schemas['DiskVerdict'];
export type LayoutRow = Schemas['LayoutRow'];
export type LayoutList = Schemas['LayoutList'];
export type Nic = Schemas['Nic'];
export type Disk = Schemas['Disk'];
export type SiteStats = Schemas['SiteStats'];
export type FleetStats = Schemas['FleetStats'];
export type IdcSummary = Schemas['IdcSummary'];
export type SiteSettings = Schemas['SiteSettings'];
export type MaintenanceWindow = Schemas['MaintenanceWindow'];
export type OsSystem = Schemas['SystemSummary'];
export type TaskPreview = Schemas['TaskPreview'];
export type ProfileSettings = Schemas['ProfileSettings'];
export type InstallProfile = Schemas['InstallProfile'];
export type ProfileRequest = Schemas['ProfileRequest'];
export type EffectiveProfile = Schemas['EffectiveProfile'];
export type SettingsOrigin = Schemas['SettingsOrigin'];
export type BatchResult = Schemas['BatchResult'];
export type BatchRowResult = Schemas['BatchRowResult'];
export type Webhook = Schemas['WebhookAnswer'];
export type WebhookRequest = Schemas['WebhookRequest'];
export type WebhookDeliveries = Schemas['WebhookDeliveries'];
export type Delivery = Schemas['Delivery'];
export type SiteAsset = Schemas['AssetSummary'];
export type TemplateSummary = Schemas['TemplateSummary'];
export type TemplateText = Schemas['TemplateText'];
export type TemplateVersionSummary = Schemas['TemplateVersionSummary'];
export type TemplateDifference = Schemas['TemplateDifference'];
export type RenderRequest = Schemas['RenderRequest'];
export type RenderedTemplate = Schemas['RenderedTemplate'];
export type LintResult = Schemas['LintResult'];
export type SampleSummary = Schemas['SampleSummary'];
export type AuditRecord = Schemas['AuditRecord'];
export type AuditPage = Schemas['AuditPage'];
export type AuditVerification = Schemas['AuditVerification'];
export type Throughput = Schemas['Throughput'];
export type PhaseTimes = Schemas['PhaseTimes'];
export type InventoryVersion = Schemas['InventoryVersion'];
export type HardwareChange = Schemas['HardwareChange'];
export type WipeCertificate = Schemas['WipeCertificate'];
export type BootSummary = Schemas['BootSummary'];
export type BootDetail = Schemas['BootDetail'];
