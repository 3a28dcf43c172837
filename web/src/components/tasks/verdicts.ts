import type { Disk, DiskVerdict } from '@/api/types';
import { i18n } from '@/i18n';
import { contentText, isEmpty } from './losses';

export const wordOf = (verdict: DiskVerdict) => (verdict.chosen ? 'chosen' : verdict.fits ? 'fits' : 'not');

/** Why a disk is no target, in the reader's language; in the service's words where this page does not know the reason. */
export function reasonText({ reason, reason_code, reason_value }: DiskVerdict): string | undefined {
  const { t, te } = i18n.global;
  const key = `layout.reasons.${reason_code}`;
  return reason_code && te(key) ? t(key, { value: reason_value ?? t('layout.unknownValue') }) : (reason ?? undefined);
}

/** What is on it: as the machine reported it, else in the service's words. */
export function holdsText(verdict: DiskVerdict, reported: readonly Disk[] | undefined): string {
  const { t } = i18n.global;
  const disk = reported?.find((one) => one.device === verdict.device);
  if (verdict.content === 'empty') return t('machines.emptyDisk');
  if (!disk) return verdict.content;
  return isEmpty(disk) === undefined ? t('machines.unknownContent') : contentText(disk);
}
