/** Texts of login and access; Chinese first. */
const zh = {
  enterWith: '使用 {name} 登录',
  failed: { oidc_failed: '统一登录未成功，请重试；若仍失败，审计中有原因。', oidc_no_role: '您所在的组没有任何角色，请联系管理员。', oidc_name: '您的用户名在这里不能使用或已属于他人，请联系管理员。', oidc_disabled: '您的账号已停用。', oidc_later: '服务暂时无法登录，请稍后重试。' },
  login: '登录', logout: '登出', user: '用户名', password: '密码', enter: '登录', wrong: '用户名或密码错误，或账号因多次输错被暂时锁定。', throttled: '登录尝试过多，请一分钟后再试。', unreachable: '服务没有应答。',
  keys: { title: '密钥', inClear: '未设置密钥文件 (Store:KeyFile)：封存机密的密钥以明文存放在存储中，能读取存储或其备份的人都可以打开所有机密。', present: '当前', former: '旧', rotate: '轮换密钥', reseal: '重新封存', retire: '移除旧密钥', rotateSure: '生成新密钥并重新封存所有机密？', resealSure: '用当前密钥重新封存剩余的机密？', retireSure: '移除旧密钥？由其签署的令牌将失效。', counts: '已重新封存 {resealed} 项；{waiting} 项等待其任务结束；{unreadable} 项无法打开。' },
  title: '账号与权限', local: '本服务只监听本机地址，无需登录：能访问它的人可以执行任何操作。对外提供服务请设置 LPMOS_Auth__Mode=users。',
  change: '修改密码', mustChange: '该密码由他人设置，请先改成自己的密码。', old: '当前密码', next: '新密码（至少 12 个字符）', again: '再次输入新密码', differ: '两次输入不一致。', changed: '密码已修改，其他会话已结束。',
  mine: '我的权限', tokens: '我的令牌', newToken: '创建令牌', purpose: '用途', once: '令牌只显示这一次，请立即保存：', sessions: '我的会话', current: '当前', revoke: '吊销', end: '结束', expires: '到期', from: '来源', none: '没有记录。',
  users: '用户与角色', newUser: '创建用户', name: '名称', roles: '角色', rolesHint: '如 operator{\'@\'}dc1, approver', service: '程序账号（无密码）', state: '状态', active: '正常', disabled: '已停用', disable: '停用', enable: '启用', reset: '重置密码', remove: '删除',
  given: '{user} 的初始密码（只显示这一次）：{password}', save: '保存', allTokens: '所有令牌', allSessions: '所有会话', role: { viewer: '查看', operator: '操作', approver: '审批', template_editor: '模板编辑', administrator: '管理员', auditor: '审计' }, everywhere: '所有机房', sure: '确定{what} {name}？', sureOf: '确定{what}？{user} · {about}', since: '创建', refresh: '刷新', rolesAre: '角色可以只给一个机房（角色{\'@\'}机房）：', permission: { view: '查看', change_tasks: '创建与取消任务', approve_tasks: '审批任务', change_machines: '修改服务器', edit_templates: '编辑模板', administer: '管理设置', manage_access: '管理用户', read_audit: '读取审计' },
};

const en: typeof zh = {
  enterWith: 'Log in with {name}',
  failed: { oidc_failed: 'The login did not succeed; try again. The audit says why.', oidc_no_role: 'None of your groups has a role here: ask an administrator.', oidc_name: 'Your name cannot be used here, or is somebody else\'s: ask an administrator.', oidc_disabled: 'Your account is disabled.', oidc_later: 'Nobody can log in just now; try again later.' },
  login: 'Log in', logout: 'Log out', user: 'User', password: 'Password', enter: 'Log in', wrong: 'Name or password is wrong, or the account is locked for some minutes.', throttled: 'Too many logins were tried; wait a minute.', unreachable: 'The service does not answer.',
  keys: { title: 'Keys', inClear: 'There is no key file (Store:KeyFile): the key that seals secrets lies in the store in clear, so whoever can read the store or a backup of it can open all of them.', present: 'present', former: 'former', rotate: 'Rotate', reseal: 'Seal anew', retire: 'Take former keys away', rotateSure: 'Make a new key and seal all secrets with it?', resealSure: 'Seal what is left with the present key?', retireSure: 'Take former keys away? Tokens that they have signed end.', counts: '{resealed} secrets sealed anew; {waiting} wait for the end of their task; {unreadable} cannot be opened.' },
  title: 'Account and access', local: 'This service listens on this host alone, so nobody has to log in: whoever reaches it may do everything. To serve others set LPMOS_Auth__Mode=users.',
  change: 'Change the password', mustChange: 'This password came from somebody else: choose your own first.', old: 'Present password', next: 'New password (12 characters or more)', again: 'The new one again', differ: 'The two differ.', changed: 'The password is changed; your other sessions are ended.',
  mine: 'What I may do', tokens: 'My tokens', newToken: 'Make a token', purpose: 'What it is for', once: 'The token is shown this once; keep it now:', sessions: 'My sessions', current: 'this one', revoke: 'Revoke', end: 'End', expires: 'Expires', from: 'From', none: 'Nothing here.',
  users: 'Users and roles', newUser: 'Make a user', name: 'Name', roles: 'Roles', rolesHint: 'such as operator{\'@\'}dc1, approver', service: 'A program (no password)', state: 'State', active: 'active', disabled: 'disabled', disable: 'Disable', enable: 'Enable', reset: 'New password', remove: 'Delete',
  given: 'First password of {user}, shown this once: {password}', save: 'Save', allTokens: 'All tokens', allSessions: 'All sessions', role: { viewer: 'viewer', operator: 'operator', approver: 'approver', template_editor: 'template editor', administrator: 'administrator', auditor: 'auditor' }, everywhere: 'all IDCs', sure: '{what} {name}?', sureOf: '{what}? {user} · {about}', since: 'Since', refresh: 'Refresh', rolesAre: 'A role can be given in one IDC alone (role{\'@\'}idc):', permission: { view: 'look', change_tasks: 'create and cancel tasks', approve_tasks: 'approve tasks', change_machines: 'change servers', edit_templates: 'edit templates', administer: 'administer', manage_access: 'manage users', read_audit: 'read the audit trail' },
};

export const messages = { 'zh-CN': zh, en };
