import { createApp } from 'vue';
import { vCan } from './access/may';
import { access, loadMe } from './access/me';
import App from './App.vue';
import { i18n } from './i18n';
import { startLive } from './live/connection';
import { startFollows } from './live/follows';
import { startFleet } from './live/fleet';
import { router } from './router';
import './styles/base.css';

const app = createApp(App).use(i18n).use(router).directive('can', vCan);
// Who one is comes first: a list that is refused would only say so.
void loadMe().finally(() => {
  if (access.me?.must_change_password) void router.replace({ name: 'access' });
  app.mount('#app');
  if (access.loginNeeded) return;
  startFleet();
  startFollows(router);
  startLive();
});
