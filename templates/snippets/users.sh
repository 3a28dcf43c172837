# LpmOs: lpmos_users: accounts with their keys; no password opens them. Runs within the new system.
lpmos_users() {
{{~ for user in users ~}}
  id -u {{ user.name | quote.word }} > /dev/null 2>&1 || useradd -m -s /bin/bash {{ user.name | quote.word }}
  lpmos_home=$(getent passwd {{ user.name | quote.word }} | cut -d : -f 6)
  mkdir -p "$lpmos_home/.ssh"
  : > "$lpmos_home/.ssh/authorized_keys"
{{~ for key in user.ssh_keys ~}}
  printf '%s\n' {{ key | quote.shell }} >> "$lpmos_home/.ssh/authorized_keys"
{{~ end ~}}
  chmod 700 "$lpmos_home/.ssh"
  chmod 600 "$lpmos_home/.ssh/authorized_keys"
  chown -R {{ user.name | quote.word }} "$lpmos_home/.ssh"
{{~ if user.sudo ~}}
  mkdir -p /etc/sudoers.d
  echo {{ user.name + " ALL=(ALL) NOPASSWD:ALL" | quote.shell }} > {{ "/etc/sudoers.d/lpmos-" + user.name | quote.word }}
  chmod 440 {{ "/etc/sudoers.d/lpmos-" + user.name | quote.word }}
{{~ end ~}}
{{~ end ~}}
  :
}
