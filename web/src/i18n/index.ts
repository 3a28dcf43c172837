import { watch } from 'vue';
import { createI18n } from 'vue-i18n';
import { preferences } from '@/settings/preferences';
import en from './en';
import zhCN from './zh-CN';

export const i18n = createI18n({
  legacy: false,
  locale: preferences.language,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
});

watch(() => preferences.language, (language) => { i18n.global.locale.value = language; });
