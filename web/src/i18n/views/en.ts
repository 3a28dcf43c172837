import type { views as chinese } from './zh-CN';

export const views: typeof chinese = {
  throughput: { title: 'Throughput and durations', span: 'Span of time', day: '24 hours', week: '7 days', month: '30 days', took: 'Time taken (median to 95%)', p95: '95%', table: 'Table', summary: '{title}: {completed} completed, {failed} failed' },
  phase: { title: 'Time of each phase', rate: '{percent}% succeed', approval: 'Waiting for approval', waiting: 'Waiting to begin', installation: 'Whole installation', first_boot: 'First boot', legend: 'Median / 95 of 100 take no longer' },
  docs: {
    nav: 'Docs', title: 'Documents and API', swagger: 'Swagger UI (try the API)', missing: 'No such document',
    names: { 'README_zh-CN': 'Introduction (Chinese)', README: 'Introduction', statuses: 'States and errors', boot: 'How a server boots', configuration: 'Configuration', profiles: 'Profiles', lpmosctl: 'lpmosctl', decisions: 'Decisions', web: 'This page', boots: 'Boots', catalogue: 'Catalogue', disks: 'Disks and layouts', drivers: 'Drivers of the boot image', hardware: 'Hardware', images: 'Images', network: 'Networks', roles: 'Roles', security: 'Security', templates: 'Templates', 'threat-model': 'Threat model' },
  },
  view: { only: 'Your roles let you look at this, not change it.' },
  wipes: {
    title: 'Certificates of erasure', certificate: 'Certificate of erasure', open: 'View and print', all: 'All of this server', none: 'There are no certificates', noneText: 'A task whose disk layout asks for a wipe leaves a signed certificate for each disk before it is written.', result: { verified: 'verified', failed: 'failed' }, says: 'This disk was erased before the installation; samples read back afterwards held nothing of what was there before.', saysFailed: 'This disk could not be erased, or what was there before could still be read. It does not count as erased.',
    field: { machine: 'Server', task: 'Task', model: 'Model', serial: 'Serial number', wwn: 'WWN', size: 'Size', device: 'Device at that time', method: 'Method', began: 'Began', ended: 'Ended', samples: 'Samples', message: 'Message', issued: 'Issued' }, left: '{n} blocks of 4 KiB read back, of which {left} held what was there before', signature: 'Signature', verify: 'Anybody can check this certificate offline with three files:', base64: 'Signature (Base64 of DER)',
  },
  verify: {
    start: 'Verify', hint: 'Each record carries the hash of the one before it: what was changed or deleted in the store shows.', intact: '{n} records, none changed, deleted or put in ({at})', broken: 'Not as it was written: {n} findings ({at})', place: 'chain {chain}, number {number}',
    code: { changed: 'Changed', missing: 'Deleted', moved: 'In another place', doubled: 'Twice', unchained: 'Put in by somebody else', end_missing: 'End of the chain deleted', end_forged: 'End of the chain forged', put_back: 'Newest records deleted' },
  },
  wall: { title: 'Wall view', pause: 'Pause', resume: 'Go on', full: 'Full screen', leave: 'Leave', more: 'and {n} more' },
  keys: { title: 'Keyboard', short: 'on', show: 'show all', enabled: 'Single keys do something', overview: 'Overview', tasks: 'Tasks', machines: 'Servers', idcs: 'IDCs', audit: 'Audit', wall: 'Wall view', docs: 'Docs', search: 'Search', create: 'New task', rows: 'From row to row of a list', select: 'Tick the row', help: 'This list' },
  catalogue: {
    title: 'Catalogue and files', intro: 'Which systems can be installed and how, and whether the boot services of this IDC hold the vendors\' files that their installers need. An installer that lacks files cannot be approved; installation by image needs none of them.', idc: 'IDC', search: 'Search systems or files', none: 'No such system', verify: 'Verify all again', verifying: 'The boot services compute the digests again', others: 'Files that the catalogue does not name', complete: 'complete', missing: '{n} of {total} missing', noFiles: 'needs no files of a vendor', requires: 'A task must give the variables: {names}',
    state: { held: 'here', asked: 'asked for', absent: 'missing' }, copy: { held: 'here', fetching: 'being fetched', failed: 'failed', missing: 'to be brought' }, ask: 'Ask for it…', change: 'Change…', forget: 'Ask no longer', forgetSure: 'Ask no longer for {name}? The boot services remove it once no task uses it.', source: 'Address (empty: brought by lpmosctl assets import)', digest: 'SHA-256 (as the vendor publishes it: 64 lower-case hexadecimal digits)', sums: 'the vendor\'s list of digests', send: 'Let the boot services fetch and check it', asked: '{name} is asked for', within: '{member} of an ISO image', byHand: 'On the command line:',
  },
  follow: { start: 'Follow {sn}', stop: 'Stop following {sn}', on: 'Followed: you are told when its state changes', onPage: 'Followed: changes are shown in this page (the browser does not allow notifications)', changed: '{sn}: {status}' },
  views: { title: 'Saved views', name: 'Name of the view', save: '+ Save this view…', forget: '✕ Forget this view' },
  report: { title: 'Report', tasks: 'Report of installations', machines: 'List of servers', open: 'Report / print', back: 'Back to the list', made: 'Made at', filter: 'Filter', all: 'All', count: 'Count', ended: 'Completed', cut: 'Only the first {n} of {total}: narrow the filter.', by: { show: 'Shown', idc: 'IDC', tag: 'Tag', q: 'Search', status: 'State' } },
  compare: { title: 'Compare servers', with: 'Compare…', these: 'Compare these two', two: 'Tick two to compare', a: 'First', b: 'Second', swap: 'Swap', missing: 'No such server', choose: 'Choose two servers', chooseText: 'Search by serial number, MAC, model or any other field of the hardware.', count: '{n} differences in {total} fields', only: 'Only differences', same: 'The hardware is the same', company: 'Vendor', product: 'Product', cores: 'Sockets × cores / threads', vendor: 'Firmware vendor', version: 'Firmware version', date: 'Firmware date', name: 'Name', microcode: 'Microcode', numa: 'NUMA nodes', address: 'Address', slots: 'Slots', correction: 'Error correction', bay: 'Bay', memberOf: 'Part of', switch: 'Switch', port: 'Port', battery: 'Cache battery' },
  record: {
    title: 'Tags and notes', edit: 'Edit', cancel: 'Cancel', none: 'No tags, no notes', tagsHint: 'separated by commas, for example rack-a07, gpu', saved: 'Tags and notes saved', decommission: 'Decommission', recommission: 'Put back into service', gone: 'Decommissioned',
    decommissionText: 'A decommissioned server boots its own disk only, and no task can be made for it. It can be put back at any time.', decommissioned: 'Decommissioned: {sn}', recommissioned: 'Back in service: {sn}', noTasks: 'No task was ever made for this server.', newest: 'Latest report', searchHint: 'Search by field:',
  },
  history: {
    title: 'Changes of the hardware', none: 'Nothing has changed since the first report.', now: 'now', any: 'Compare any two reports', from: 'From', to: 'To', kind: { added: 'added', removed: 'removed', changed: 'changed' },
    part: { board: 'mainboard', chassis: 'chassis', tpm: 'TPM', bmc: 'BMC', dimm: 'memory module', gpu: 'accelerator', raid_controller: 'RAID controller', raid_disk: 'RAID disk', system: 'System', firmware: 'Firmware', cpu: 'CPU', memory: 'Memory', disk: 'Disk', nic: 'NIC', device: 'Device' }, field: { version: 'version', date: 'date', total_gb: 'size (GB)', model: 'model', vendor: 'vendor' },
  },
  boots: {
    title: 'Boot', choose: 'Choose a boot', none: 'No boot is on record yet. When the server boots from the network, each step of DHCP, TFTP, script and agent appears here as it happens.', phases: 'Phases of the boot', advice: 'What to do:', standing: 'standing for {time}', again: '{n} sent again', omitted: '{n} left out in the middle',
    phase: { firmware_dhcp: 'DHCP', boot_program: 'Program', script: 'Script', kernel: 'Kernel', agent: 'Agent', installation: 'Installation', first_boot: 'First boot' },
    outcome: { under_way: 'under way', stalled: 'stands still', in_agent: 'in the agent', installing: 'installing', local_disk: 'boots its disk', first_boot: 'the new system called', ended: 'started again', silent: 'silent' },
  },
};
