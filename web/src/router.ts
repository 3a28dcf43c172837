import { createRouter, createWebHistory } from 'vue-router';
import { i18n } from './i18n';

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/tasks' },
    { path: '/tasks', name: 'tasks', component: () => import('./pages/tasks/TasksPage.vue'), meta: { title: 'nav.tasks', fills: true } },
    { path: '/:rest(.*)*', name: 'nothing', component: () => import('./pages/NothingPage.vue'), meta: { title: 'error.notFound' } },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

// After an update of the service, the old page's files are gone: the new page is one load away.
router.onError((error, to) => {
  if (/dynamically imported module|module script|Unable to preload/i.test(String(error)) && !sessionStorage.getItem('lpmos.reloaded')) {
    sessionStorage.setItem('lpmos.reloaded', '1');
    location.assign(to.fullPath);
  }
});

router.afterEach((to) => {
  sessionStorage.removeItem('lpmos.reloaded');
  const part = to.name === 'task' || to.name === 'machine' ? String(to.params.sn) : i18n.global.t(String(to.meta.title));
  document.title = `${part} · ${i18n.global.t('title')}`;
});
