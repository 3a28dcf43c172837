import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './i18n';
import { startLive } from './live/connection';
import { startFollows } from './live/follows';
import { startFleet } from './live/fleet';
import { router } from './router';
import './styles/base.css';

createApp(App).use(i18n).use(router).mount('#app');
startFleet();
startFollows(router);
startLive();
