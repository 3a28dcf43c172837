import { createRouter, createWebHistory } from 'vue-router';
import { i18n } from './i18n';

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'overview', component: () => import('./pages/overview/OverviewPage.vue'), meta: { title: 'nav.overview' } },
    { path: '/tasks', name: 'tasks', component: () => import('./pages/tasks/TasksPage.vue'), meta: { title: 'nav.tasks', fills: true } },
    { path: '/tasks/batch', name: 'batch', component: () => import('./pages/batch/BatchPage.vue'), meta: { title: 'batch.title', fills: true } },
    { path: '/tasks/:idc/:sn', name: 'task', component: () => import('./pages/task/TaskPage.vue'), props: true, meta: { title: 'nav.tasks' } },
    { path: '/tasks/:idc/:sn/wipes', name: 'wipes', component: () => import('./pages/wipes/WipesPage.vue'), props: true, meta: { title: 'wipes.title' } },
    { path: '/machines', name: 'machines', component: () => import('./pages/machines/MachinesPage.vue'), meta: { title: 'nav.machines', fills: true } },
    { path: '/machines/:idc/:sn', name: 'machine', component: () => import('./pages/machines/MachinePage.vue'), props: true, meta: { title: 'nav.machines' } },
    { path: '/profiles', name: 'profiles', component: () => import('./pages/profiles/ProfilesPage.vue'), meta: { title: 'profiles.title' } },
    { path: '/profiles/:name', name: 'profile', component: () => import('./pages/profiles/ProfilePage.vue'), props: true, meta: { title: 'profiles.title' } },
    { path: '/defaults', name: 'defaults', component: () => import('./pages/profiles/DefaultsPage.vue'), meta: { title: 'profiles.defaults' } },
    { path: '/templates', name: 'templates', component: () => import('./pages/templates/TemplatesPage.vue'), meta: { title: 'templates.title' } },
    { path: '/templates/:folder/:file', name: 'template', component: () => import('./pages/templates/TemplatePage.vue'), props: true, meta: { title: 'templates.title' } },
    { path: '/catalogue', name: 'catalogue', component: () => import('./pages/catalogue/CataloguePage.vue'), meta: { title: 'catalogue.title' } },
    { path: '/webhooks', name: 'webhooks', component: () => import('./pages/webhooks/WebhooksPage.vue'), meta: { title: 'webhooks.title' } },
    { path: '/idcs', name: 'idcs', component: () => import('./pages/idcs/IdcsPage.vue'), meta: { title: 'nav.idcs' } },
    { path: '/audit', name: 'audit', component: () => import('./pages/audit/AuditPage.vue'), meta: { title: 'nav.audit' } },
    { path: '/access', name: 'access', component: () => import('./pages/access/AccessPage.vue'), meta: { title: 'nav.access' } },
    { path: '/compare', name: 'compare', component: () => import('./pages/compare/ComparePage.vue'), meta: { title: 'compare.title' } },
    { path: '/report', name: 'report', component: () => import('./pages/report/ReportPage.vue'), meta: { title: 'report.title' } },
    { path: '/wall', name: 'wall', component: () => import('./pages/wall/WallPage.vue'), meta: { title: 'wall.title', bare: true } },
    { path: '/docs/:name?', name: 'docs', component: () => import('./pages/docs/DocsPage.vue'), props: true, meta: { title: 'docs.title' } },
    { path: '/:rest(.*)*', name: 'nothing', component: () => import('./pages/NothingPage.vue'), meta: { title: 'error.notFound' } },
  ],
  // A place within a document is looked for by its page, once it is there.
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? false : { top: 0 }),
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
