import { computed, shallowRef, type Ref } from 'vue';
import { api } from '@/api/client';
import type { IdcSummary, InstallProfile, OsSystem } from '@/api/types';
import type { Choice } from './ComboBox.vue';

/** What forms offer to choose from; a list that cannot be had stays empty, and any text may be typed. */
export function useCatalogue() {
  const systems = shallowRef<OsSystem[]>([]);
  const idcs = shallowRef<IdcSummary[]>([]);
  const profiles = shallowRef<InstallProfile[]>([]);
  async function load() {
    const [sites, catalogue, named] = await Promise.allSettled([api.idcs(), api.systems(), api.profiles()]);
    if (sites.status === 'fulfilled') idcs.value = sites.value.items;
    if (catalogue.status === 'fulfilled') systems.value = catalogue.value.items;
    if (named.status === 'fulfilled') profiles.value = named.value.items;
  }
  return { systems, idcs, profiles, load };
}

export const systemChoices = (systems: Ref<OsSystem[]>) => computed<Choice[]>(() => systems.value.map((system) => ({ value: system.name, label: system.name, aside: system.versions.map((version) => version.version).join(' · ') })));

/** Versions of what was typed, the ones whose image an IDC holds marked. */
export function versionChoices(systems: Ref<OsSystem[]>, osType: () => string, idc: () => IdcSummary | undefined, held: (idc: string) => string) {
  return computed<Choice[]>(() => {
    const name = osType().trim().toLowerCase();
    const system = systems.value.find((one) => one.name.toLowerCase() === name || one.id === name);
    const site = idc();
    return (system?.versions ?? []).map((version) => ({
      value: version.version, label: version.version, aside: version.name,
      mark: site?.images.some((image) => image.os_id === system!.id && image.os_version === version.version) ? held(site.idc) : undefined,
    }));
  });
}
