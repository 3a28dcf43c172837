import { views } from './views/en';
import code from './codes.en';
import forms from './forms.en';
import machine from './machine.en';
import type { Messages } from './zh-CN';

const messages: Messages = {
  code,
  ...forms,
  ...machine,
  ...views,
  title: 'LPMOS installation control',
  skip: 'Skip to content',
  nav: { label: 'Main', access: 'Account and access', overview: 'Overview', tasks: 'Tasks', machines: 'Servers', idcs: 'IDCs', profiles: 'Profiles', webhooks: 'Webhooks', audit: 'Audit', swagger: 'API docs' },
  live: {
    back: 'Connected again after {time}; {n} changes caught up.', connected: 'Connected', disconnected: 'Not connected', polling: 'Connected (polling)', connecting: 'Connecting…',
    lostSince: 'Out of contact with the service since {time}; reconnecting by itself. What you see is from before; what was missed is fetched on return.', retry: 'Try now',
  },
  preferences: { label: 'Display settings', language: 'Language', theme: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark', timeZone: 'Time zone', browserZone: 'Browser ({zone})' },
  status: { pending: 'Pending', approved: 'Approved', installing: 'Installing', completed: 'Completed', failed: 'Failed', rejected: 'Rejected', cancelled: 'Cancelled' },
  tabs: { pending: 'To approve', installing: 'Installing', completed: 'Completed', failed: 'Failed', closed: 'Rejected / cancelled', all: 'All' },
  step: {
    hardware_collect: 'Collecting hardware', hardware_report: 'Reporting hardware', wait_task: 'Waiting for a task', task_received: 'Task received', install_start: 'Starting', partitioning: 'Partitioning',
    downloading: 'Downloading image', installing: 'Writing system', configuring: 'Configuring', finalizing: 'Finishing', completed: 'Done', first_boot: 'Waiting for the first boot', waiting: 'Waiting for the server',
  },
  operation: { hardware_config: 'hardware configuration', network_config: 'network configuration', os_install: 'installation', reboot: 'reboot', complete: 'completion', wait: 'wait' },
  field: {
    idc: 'IDC', sn: 'Serial number (SN)', snShort: 'Serial number', mac: 'MAC address', os: 'Operating system', osVersion: 'Version', hostname: 'Hostname', status: 'Status', progress: 'Progress', created: 'Created', updated: 'Updated',
    actions: 'Actions', tags: 'Tags', notes: 'Notes', network: 'Network', disk: 'Disk', sshKeys: 'SSH keys', packages: 'Packages', profile: 'Profile',
    model: 'Model', cpu: 'CPU', memory: 'Memory', disks: 'Disks', lastSeen: 'Last contact', task: 'Task', notBefore: 'Not before', deadline: 'Deadline', attempt: 'attempt {n}', method: 'Method',
  },
  action: {
    create: 'New task', approve: 'Approve', reject: 'Reject', cancel: 'Cancel task', retry: 'Retry', close: 'Close', save: 'Save', refresh: 'Refresh', open: 'Open', add: 'Add', remove: 'Remove', copy: 'Copy', copied: 'Copied', download: 'Download', pause: 'Pause', resume: 'Resume',
    clear: 'Clear', back: 'Back', undo: 'Undo', more: 'More options', less: 'Fewer options', print: 'Print', createFrom: 'Create task', selectAll: 'Select all loaded rows', select: 'Select {name}', clearSelection: 'Clear selection',
  },
  list: {
    search: 'Search serial number, MAC, hostname, system, tag, notes', searchMachines: 'Search serial number, MAC, vendor, model, disk', allIdcs: 'All IDCs', sort: 'Sort', newest: 'Newest first', oldest: 'Oldest first', recent: 'Last updated', stale: 'Longest without update', bySn: 'Serial number', bySnDesc: 'Serial number, descending',
    total: '{n} in all', loaded: '{total} in all, {n} loaded', selected: '{n} selected', loading: 'Loading…', tag: 'Tag: {tag}', end: 'That is all', table: 'Tasks', machineTable: 'Servers',
  },
  empty: {
    pending: { title: 'Nothing waits for approval', text: 'Create a task, or make one from a server that has reported and has none.' },
    installing: { title: 'Nothing is being installed', text: 'A server that is online begins as soon as its task is approved.' },
    completed: { title: 'Nothing completed yet', text: 'A task is complete when the new system has booted and called.' },
    failed: { title: 'No failures', text: 'All is well.' },
    closed: { title: 'Nothing rejected or cancelled', text: '' },
    all: { title: 'No tasks yet', text: 'Create a task, or network-boot a server first: it appears under Servers by itself.' },
    filtered: { title: 'No task matches', text: 'Try other words, or clear the filters.' },
    machines: { title: 'No server has reported yet', text: 'Set a server to network boot (PXE) and switch it on; it appears here in about a minute.' },
    unmatched: { title: 'No server waits for a task', text: 'Every server that reported has one.' },
    machinesFiltered: { title: 'No server matches', text: 'Try other words, or clear the filters.' },
    logs: 'No log yet. It appears here live once the installation runs.', idcs: { title: 'No IDC yet', text: 'An IDC appears with its first server or task.' }, audit: { title: 'No records yet', text: 'Approvals, rejections and the like are recorded here.' },
    goMachines: 'See unmatched servers', clearFilters: 'Clear filters',
  },
  progress: { speed: '{rate}/s', left: 'about {time} left', silent: 'no word for {time}', label: 'Progress of {name}', dryRun: 'Dry run', dryRunText: 'Dry run (--dry-run): no disk is written' },
  create: {
    title: 'New installation task', intro: 'The server need not be on yet: it is linked when it reports.', snHint: 'choose from the servers that have reported', osHint: 'for example Debian 12, Ubuntu 22.04 LTS', versionHint: 'empty: the default of the catalogue',
    hostnameHint: 'empty: made from the serial number', hardwareKept: 'Hardware RAID as in the former task: {names}', dropHardware: 'Leave it out', held: 'Images in {idc}', dhcp: 'Automatic (DHCP)', static: 'Static address', address: 'IP address (CIDR)', gateway: 'Gateway', dns: 'DNS servers', dnsHint: 'separated by commas', diskAuto: 'Automatic (where just one disk fits)', diskSmallest: 'The smallest disk', diskLargest: 'The largest disk',
    keysHint: 'one OpenSSH public key a line', submit: 'Create task', created: 'Task created: {sn}', online: 'online', offline: 'offline', unsaved: 'Discard what you typed?',
  },
  approve: {
    signed: 'signed by the key',
    batchUnknown: 'content not known, treat it as data: type its serial number',
    noDisk: 'No disk is written: the system runs in memory', more: 'See the whole plan', drift: 'Not as last approved: {parts}',
    compared: 'Compared with the plan last approved', same: 'The same as the plan last approved.', formerOf: '({task}, attempt {n})', before: 'before', nowIs: 'now', part: { controllers: 'Hardware RAID', regional: 'Time zone and language', packages: 'Packages', os: 'Operating system', disk: 'Target disk', content: 'What is on the disk (digest)', image: 'Image', partitions: 'Partitions', hostname: 'Hostname', network: 'Network', users: 'Users and keys', kernel: 'Kernel arguments', files: 'What the installer is given', media: 'Media', scripts: 'Scripts', variables: 'Variables' },
    title: 'Approve installation', batchTitle: 'Approve {n} tasks', where: 'Target disk', now: 'On it now', lost: 'Will be lost', image: 'Image', network: 'Network', partitions: 'New partitions', hostname: 'Hostname',
    lostNothing: 'The disk is empty: nothing is lost.', lostAll: 'Everything on {disk} is erased for good:', newArray: 'The array {device} is new, made of the disks {disks}, which belong to no array now. Whatever may still be on them is lost.', claimedDisk: 'RAID controller {controller} ({model}) takes the disk at {place}, which the system uses by itself now (JBOD); all that it holds is lost.', lostArray: 'Array {array} ({level}, {size}, disks {disks}) of RAID controller {controller} ({model}) is deleted with all that it holds.', makesArray: 'New array {array}: {level} of the disks {disks}', sameArrays: 'The arrays are as they should be; nothing changes', lostUnsure: '{disk}: nobody knows what is on it; take it that all of it will be lost.', lostUnknown: 'What is on this disk is not known: the server did not report it. Treat it as a disk full of data.',
    table: '{name} partition table', partition: 'partition {n}', noFs: 'unknown or no file system', signature: 'whole disk {name}', signatures: { unknown_data: 'data that nobody knows by name', ambivalent: 'several file systems at once' }, typeSn: 'This disk holds data. Type the serial number {sn} to confirm that it is erased:', typeSnUnknown: 'The plan is not complete yet. Type the serial number {sn} to approve all the same:', typeSnShort: 'type {sn} to confirm', notes: 'Note (optional)',
    noPlan: 'There is no full plan yet', noPlanText: 'An approval now is bound to no plan; the service computes it from the task once hardware and image are there.', bound: 'The approval holds for exactly this plan; if disk, image or network change, it is void.', done: 'Approved: {sn}', batchDone: '{n} tasks approved', batchFailed: '{n} tasks not approved',
    confirm: 'Approve', loading: 'Computing the plan…', dhcp: 'automatic (DHCP)', rest: 'all that is left', hash: 'Plan hash', users: 'Users', batchData: 'holds data: type its serial number', batchEmpty: 'empty disk', batchNoPlan: 'plan not complete: type its serial number', skip: 'left empty: this task is skipped', ready: '{n} will be approved, {m} skipped', fixed: 'This is the approved plan.',
  },
  decide: {
    rejectTitle: 'Reject installation', cancelTitle: 'Cancel installation', retryTitle: 'Retry installation', rejectText: 'The task is closed; the server is left alone.', cancelText: 'The task ends. A server at work stops at its next report; its disk may be half written.', retryText: 'A new attempt begins; it needs a new approval.',
    reason: 'Reason (optional)', targets: '{n} tasks', reject: 'Reject', cancel: 'Cancel task', retry: 'Retry', done: '{n} tasks done', failed: '{n} tasks not done',
  },
  task: {
    timeline: 'Timeline', log: 'Log', plan: 'Plan', hardware: 'Hardware', spec: 'What was asked for', failure: 'The installation failed', advice: 'What to do', searchLog: 'Search the log', lines: '{n} lines', matches: '{n} matches', following: 'Following live', paused: 'Paused ({n} new lines)', noHistory: 'This server has no earlier task.', former: 'Earlier tasks', notFound: 'No such task',
    notFoundText: '{idc}/{sn} has no installation task.', createdBy: 'created by {by}', by: 'by {by}', operation: 'Operation: {name}', running: 'running', ok: 'done', bad: 'failed', noHardware: 'The server has not reported its hardware yet. Set it to network boot and switch it on.', standing: 'It has stood here for {time}', standingPending: 'Waiting for approval', standingOffline: 'The server is offline: check power, boot order and switch port.', standingOnline: 'The server is online and waits.', planNow: 'Computed from present hardware and images', logGone: 'The log cannot be had at the moment', firstBoot: 'The system is on the disk; waiting for its first boot to call.', approvedBy: 'approved by {by}',
  },
  machines: {
    shell: 'Rescue shell',
    decommissioned: 'Decommissioned', title: 'Servers', all: 'All', unmatched: 'Unmatched', online: 'Online', offline: 'Offline', matched: 'Has a task', hardware: 'Hardware', firmware: 'Firmware', bios: '{vendor} {version} ({date})', bootMode: 'Boot mode', secureBoot: 'Secure Boot', on: 'on', off: 'off', cores: '{n} cores', threads: '{n} threads', sockets: '{n} sockets', nics: 'Network cards', driver: 'Driver', link: 'Link', up: 'up', down: 'down', slot: 'PCI slot',
    driverless: 'Devices without a driver', content: 'Content', serial: 'Serial', type: 'Type', size: 'Size', device: 'Device', emptyDisk: 'empty', unknownContent: 'not reported', reported: 'Reported', agent: 'Agent', vm: 'Virtual machine', uuid: 'UUID', notFound: 'No such server', notFoundText: '{idc} has no server with the serial number {sn}.', hint: 'Unmatched: reported its hardware, and no task asks for it.', partitions: '{n} partitions', model: 'Model', architecture: 'Architecture', memory: '{n} GB memory', noHardware: 'No hardware reported yet',
  },
  overview: {
    rogue: '{idc}: {n} rogue DHCP servers', stalled: '{n} servers stand still while booting', health: { good: 'services up', bad: 'services lost', none: 'no services' }, running: 'Installing now', onlineCount: '{n} online', siteGone: '{idc}: services out of contact: {services}', title: 'Overview', all: 'All IDCs', attention: 'Needs attention', nothing: 'Nothing needs you.', failedText: '{n} installations failed', silentText: '{n} installations without a word for over {m} min', unmatchedText: '{n} servers reported and have no task', pendingText: '{n} tasks wait for approval', offlineText: '{n} tasks approved over {m} min ago have not begun', machines: 'Servers', onlineOf: '{online} online of {total}', perIdc: 'By IDC', recent: 'Latest', median: 'median', cards: 'Counts of tasks', welcome: 'Your first installation', welcome1: 'Set a server to network boot (PXE / UEFI HTTP) and switch it on; it appears under Servers.', welcome2: 'Create a task from it and choose the system.', welcome3: 'See the plan and approve: the installation begins at once and moves live.',
  },
  idcs: {
    dhcp: 'DHCP servers on the segment', verdict: { allowed: 'allowed', expected: 'of the network', rogue: 'must not be there', gone: 'answers no more', own: 'a boot service of the site' }, rogueText: 'It answers beside the boot service, so servers may get wrong addresses or boot files. Switch it off, or allow it by the setting Boot:Sentinel:Allowed.',
    check: { mbps: 'A whole number from 1 to 400,000, or empty', places: 'A whole number from 1 to 10,000, or empty', minutes: 'A whole number from 1 to 10,080 (a week)', window: 'Must not end when it begins', ruleName: 'The rule needs a name' }, limitText: 'When all places are taken the others wait, by priority (higher first), then by the time of their approval.', openNow: 'Installations may begin now.', closedNow: 'Closed now: approved tasks wait.', window: 'Window {n}', rule: 'Rule {n}', overMidnight: 'over midnight', removeWindow: 'Remove window {n}', removeRule: 'Remove rule {n}', defaults: 'Defaults for installations in this IDC',
    services: 'Services', noServices: 'No service of this IDC has registered yet', title: 'IDCs', images: 'Images', noImages: 'The boot services of this IDC hold no image yet', settings: 'Settings', limit: 'Installations at once', unlimited: 'no limit', windows: 'Maintenance windows', windowsText: 'Installations begin only within these; without any, at all times.', mbps: 'Image download per machine (Mbit/s)', imageKeys: 'Keys that sign images', imageKeysText: 'Public keys on P-256 in PEM. With any, only images that one of them signed are installed (IMAGE.sig beside the image: openssl dgst -sha256 -sign). Empty: no signature is asked for.', fourEyes: 'Four eyes (who created a task may not approve it)', silence: 'Fails without a word for (minutes)', install: 'Longest installation (minutes)', firstBoot: 'Wait for the first boot (minutes)', auto: 'Automatic approval', autoText: 'A task that matches is approved once its plan is known. By default there is no rule: a person approves every task.', from: 'From', to: 'To', zone: 'Time zone', days: 'Days', everyDay: 'every day', ruleName: 'Rule', ruleTag: 'Tag', ruleProfile: 'Profile', allowData: 'also where the disk holds data', saved: 'Settings of {idc} saved', addWindow: 'Add a window', addRule: 'Add a rule', name: 'Name', notAny: 'a tag or a profile is needed', discard: 'Discard',
    day: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
  },
  audit: { actions: { machine_edited: 'Server notes or tags', machine_decommissioned: 'Server decommissioned', machine_recommissioned: 'Server back in service', shell_opened: 'Shell opened', shell_closed: 'Shell closed', secret_given: 'Secrets given to the machine', token_used_elsewhere: 'Boot token used from elsewhere', task_refused: 'Task refused to another server', keys_rotated: 'Keys rotated', keys_retired: 'Former keys taken away', tpm_bound: 'Bound to its TPM', tpm_refused: 'Refused for want of its TPM', tpm_released: 'TPM released', tpm_required: 'TPM required', tpm_not_required: 'TPM no longer required', service_forgotten: 'Service forgotten', profile_created: 'Profile created', profile_changed: 'Profile changed', defaults_changed: 'Defaults changed', webhook_created: 'Webhook created', webhook_changed: 'Webhook changed', webhook_deleted: 'Webhook deleted', settings_changed: 'Settings changed', task_created: 'Task created', task_approved: 'Approved', task_rejected: 'Rejected', task_cancelled: 'Cancelled', task_retried: 'Retried', task_started: 'Started', task_completed: 'Completed', task_failed: 'Failed', task_approval_voided: 'Approval void' }, title: 'Audit', time: 'Time', by: 'By', from: 'From', action: 'Action', target: 'Target', reason: 'Reason', more: 'Load more', export: 'Export JSONL', change: 'Change', filterAction: 'Action', any: 'All' },
  error: {
    title: 'Something went wrong', unreachable: 'The service does not answer; trying again.', invalid_request: 'Some fields are not right', machine_decommissioned: 'This server is out of service: put it back first', active_task_exists: 'This server has an active task', mac_in_use: 'Another active task has this MAC address', move_not_allowed: 'The state of the task does not allow this', four_eyes: 'A second person must approve', plan_changed: 'The plan has changed: look again', store_unavailable: 'The store does not answer; nothing is lost, try again shortly', notFound: 'No such page', notFoundText: 'The address may be mistyped, or what it named is gone.', home: 'To the overview', page: 'The page was updated: load it again.', reload: 'Load again',
  },
  unit: { days: '{n} d', hours: '{n} h', minutes: '{n} min', seconds: '{n} s' },
};

export default messages;
