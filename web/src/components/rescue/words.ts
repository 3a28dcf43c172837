/** Texts of the rescue shell; Chinese first. */
const zh = {
  title: '救援终端', ask: '打开救援终端', about: '在运行引导镜像的服务器上打开 root 终端，不经过安装计划和审批。', recorded: '全程记录：谁、何时、为何打开，以及终端显示的内容（最后 256 KiB，审计员可查）。输入的内容不保存。',
  minutes: '时长', minutesOf: '{n} 分钟', minutesHint: '到时结束，其中运行的程序一并终止；10 分钟没有输入也会结束。', reason: '用途', reasonHint: '写入审计，例如工单号。', open: '打开终端', close: '关闭', inUse: '结束该会话', inUseDone: '该会话已结束，现在可以打开终端。', inUseHint: '结束会终止其中运行的程序，并以您的名义记入审计。请先与对方联系。',
  connecting: '正在等待服务器接入（空闲时几秒，安装中约十秒，最多 45 秒）…', running: '已连接', over: '已结束', left: '剩余 {time}', soon: '不到两分钟后结束，请保存所做的工作。', by: '由 {who} 打开', end: '结束会话', offline: '服务器已 30 秒没有联系，可能正在重启或断网；连接断开后会话自动结束。',
  input: '{sn} 的终端输入', keys: '离开终端', copy: '选中后复制（未选中时中断程序）', paste: '粘贴', reader: '供屏幕阅读器朗读', again: '再次打开', leaveSure: '离开本页会结束终端会话及其中运行的程序。确定离开？',
  ends: {
    timeOver: { what: '时间已到。', then: '其中运行的程序已被终止。还需要的话请再次打开，并选择更长的时长（最多 60 分钟）。' },
    left: { what: '终端已离开。', then: '会话随之结束。需要时请再次打开。' },
    ended: { what: '会话已被人结束。', then: '其中运行的程序已被终止；由谁结束见审计。' },
    rights: { what: '您已没有打开救援终端的权限。', then: '请联系管理员。' },
    idle: { what: '10 分钟没有输入。', then: '会话已自动结束，其中运行的程序已被终止。需要时请再次打开。' },
    machineLost: { what: '与服务器的连接已断开。', then: '服务器可能正在重启、断电或断网。请查看本页的启动记录；它重新从网络启动后即可再次打开。' },
    agentNeverCame: { what: '服务器没有接入。', then: '可能正在启动或关机，装机代理版本过旧，或代理运行在普通系统中（只有引导镜像提供终端）。稍后重试，或使用服务器自己的控制台。' },
    serviceEnds: { what: '服务正在停止或重启。', then: '服务恢复后请再次打开。' },
    badMessage: { what: '服务收到了无法理解的消息。', then: '请刷新本页后再次打开；若仍如此，本页与服务的版本可能不同。' },
    storeAway: { what: '存储没有应答。', then: '会话已结束。存储恢复后请再次打开。' },
    exit: { what: '终端中的 shell 已退出，退出码 {said}。', then: '会话正常结束。' },
    cannot: { what: '服务器无法提供终端：{said}', then: '请使用服务器自己的控制台，或重启服务器后再试。' },
    lost: { what: '与服务的连接已断开。', then: '服务会随之结束会话。网络恢复后请再次打开；若代理服务器不放行 WebSocket，请用 lpmosctl shell。' },
  },
};

const en: typeof zh = {
  title: 'Rescue shell', ask: 'Open a rescue shell', about: 'A root shell on a server that runs the boot image: past plan and approval.', recorded: 'All of it is recorded: who opened it, when and what for, and what the terminal shows (the last 256 KiB, for auditors). What is typed is not kept.',
  minutes: 'For how long', minutesOf: '{n} minutes', minutesHint: 'Then it ends, with all that runs in it; so it does after ten minutes without a key.', reason: 'What for', reasonHint: 'Goes into the audit: a ticket number, for example.', open: 'Open the shell', close: 'Close', inUse: 'End that session', inUseDone: 'That session is ended: the shell can be opened now.', inUseHint: 'It kills what runs there, and is on record under your name. Speak to its owner first.',
  connecting: 'Waiting for the server (seconds while it is idle, ten or so while it installs, 45 at most)…', running: 'Connected', over: 'Ended', left: '{time} left', soon: 'It ends in less than two minutes: save what you did.', by: 'opened by {who}', end: 'End the session', offline: 'The server has not been heard of for 30 seconds: it may be restarting, or have lost its network. When the connection breaks the session ends.',
  input: 'Terminal of {sn}', keys: 'leaves the terminal', copy: 'copies what is selected (else it interrupts)', paste: 'pastes', reader: 'Read out by a screen reader', again: 'Open another', leaveSure: 'To leave this page ends the shell, and what runs in it. Leave?',
  ends: {
    timeOver: { what: 'Its time is over.', then: 'What ran in it was killed. Open another if you need it, for longer (60 minutes at most).' },
    left: { what: 'The terminal left.', then: 'The session ended with it. Open another when you need it.' },
    ended: { what: 'Somebody ended the session.', then: 'What ran in it was killed; the audit says who it was.' },
    rights: { what: 'You may no longer open rescue shells.', then: 'Ask an administrator.' },
    idle: { what: 'Nothing was typed for ten minutes.', then: 'The session ended by itself, and what ran in it was killed. Open another when you need it.' },
    machineLost: { what: 'The connection to the server was lost.', then: 'It may be restarting, without power or without network. Look at its boots on this page; when it has booted from the network again, open another.' },
    agentNeverCame: { what: 'The server did not come.', then: 'It may be starting or going down, its agent may be too old, or run on an ordinary system (only the boot image brings shells). Try again shortly, or use its own console.' },
    serviceEnds: { what: 'The service stops or restarts.', then: 'Open another when it is back.' },
    badMessage: { what: 'The service was sent a message that it does not understand.', then: 'Load this page again and open another; if it happens again, page and service may be of different versions.' },
    storeAway: { what: 'The store does not answer.', then: 'The session is ended. Open another when the store is back.' },
    exit: { what: 'The shell ended with code {said}.', then: 'The session ended as it should.' },
    cannot: { what: 'The server cannot bring a shell: {said}', then: 'Use its own console, or restart it and try again.' },
    lost: { what: 'The connection to the service broke off.', then: 'The service ends the session with it. Open another when the network is back; where a proxy lets no WebSocket through use lpmosctl shell.' },
  },
};

export const messages = { 'zh-CN': zh, en };
