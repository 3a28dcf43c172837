#!/bin/bash
# Run by the live system: installs itself on the one disk that was approved.
{{ include 'snippets/lpmos.sh' -}}
{{ include 'snippets/disk.sh' -}}
log=/run/lpmos-install.log
if ! lpmos_start; then
  sleep 30
  systemctl reboot --force
  exit 1
fi
lpmos_progress install_start 40 {{ "The installer of " + os.name + " has begun" | quote.shell }}
if ! disk=$(lpmos_disk); then
  lpmos_fail disk_changed "$(lpmos_disk_words)"
  sleep 30
  systemctl reboot --force
  exit 1
fi
lpmos_progress partitioning 50 "Installing on $disk"
lpmos_follow "$log" installing 70
curl -fsS -m 60 -o /run/target.ign {{ files + "target.ign" | quote.shell }} \
{{~ if os.id == "flatcar" ~}}
  && curl -fsS -o /run/image.bin.bz2 {{ boot_url + assets.image | quote.shell }} \
  && flatcar-install -d "$disk" -i /run/target.ign -f /run/image.bin.bz2 > "$log" 2>&1
{{~ else ~}}
  && coreos-installer install "$disk" --ignition-file /run/target.ign --image-url {{ boot_url + assets.image | quote.shell }} --insecure {{ for word in target_arguments }}--append-karg {{ word | quote.shell }} {{ end }}> "$log" 2>&1
{{~ end ~}}
result=$?
if [ "$result" != 0 ]; then
  lpmos_fail installer_failed "The installer ended with code $result: $(tail -n 1 "$log")" "$log"
  sleep 30
  systemctl reboot --force
  exit 1
fi
# The local boot starts the newest boot loader of all disks, and an image's has the date of its making. Only ESP and /boot: what else there is may be sealed.
udevadm settle
mkdir -p /run/lpmos-loader
lsblk -nrpo NAME,FSTYPE,LABEL "$disk" | while read -r part kind label; do
  [ "$kind" = vfat ] || [ "$label" = boot ] || continue
  mount "$part" /run/lpmos-loader || continue
  find /run/lpmos-loader -xdev \( -iname '*.efi' -o -name grub.cfg \) -exec touch {} +
  umount /run/lpmos-loader
done
lpmos_progress finalizing 90 'Installed; the machine is to start its new system'
lpmos_end
systemctl reboot
