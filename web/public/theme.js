// Before the first paint, so that a dark room stays dark. A file of its own, because the page allows no inline script.
(function () {
  var saved = {};
  try { saved = JSON.parse(localStorage.getItem('lpmos.preferences') || '{}') || {}; } catch (e) { /* private mode: defaults */ }
  var dark = saved.theme === 'dark' || (saved.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
  document.documentElement.lang = saved.language === 'en' ? 'en' : 'zh-CN';
})();
