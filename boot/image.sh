# Sourced: the parts of a boot image that are the same for every processor.
list() { [ ! -f "$1" ] || sed 's/#.*//' "$1" | grep -v '^ *$' || true; }

# What else would end up in the agent: the folder that it was built in, and the commit, also where that changed nothing of it.
reproducible=("-p:PathMap=$PWD/=/lpmos/" -p:IncludeSourceRevisionInInformationalVersion=false)

# image_base ROOT VERSION AGENT: folders and the files of ours; AGENT may be empty.
image_base() {
  local root=$1 directory
  mkdir -p "$root"/{dev,proc,sys,run,tmp,mnt,etc/ssl/certs,root,usr/bin,usr/sbin,usr/lib/modules/"$2"}
  for directory in bin sbin lib; do ln -s usr/$directory "$root/$directory"; done
  [ -z "$3" ] || install -m 755 "$3" "$root/usr/bin/lpmos-agent"
  install -m 755 boot/initramfs/init "$root/init"
  install -m 755 boot/initramfs/udhcpc.script "$root/etc/udhcpc.script"
  install -m 644 boot/initramfs/mdev.conf /etc/mke2fs.conf "$root/etc/"
  printf 'root:x:0:0:root:/root:/bin/sh\n' > "$root/etc/passwd"
  printf 'root:x:0:\ndisk:x:6:\n' > "$root/etc/group"
  printf 'NAME="LpmOs boot image"\nID=lpmos\n' > "$root/etc/os-release"
  [ ! -f /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
}

# image_busybox ROOT BUSYBOX LISTER: links for what the image has no program of its own for; LISTER is a busybox that runs here.
image_busybox() {
  local root=$1 name applet
  for name in modprobe lsmod insmod rmmod modinfo depmod; do ln -s ../bin/kmod "$root/usr/sbin/$name"; done
  cp "$2" "$root/usr/bin/busybox"
  for applet in $("$3" --list); do
    [ -e "$root/usr/bin/$applet" ] || [ -e "$root/usr/sbin/$applet" ] || [ -L "$root/usr/sbin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"
  done
}

# image_depmod KERNEL VERSION: the table of what depends on what, where the package has none.
image_depmod() { [ -f "$1/lib/modules/$2/modules.dep.bin" ] || depmod -b "$1" "$2"; }

# image_firmware PATH FOLDER: a file or folder goes where drivers look for it: to its place below a folder "firmware" of its path, where there is one.
image_firmware() {
  local path place
  path=$(realpath -s "$1") place=
  [[ $path/ != */firmware/* ]] || { place=$path/; place=${place##*/firmware/}; place=${place%/}; }
  if [ -d "$path" ]; then
    mkdir -p "$2/$place"
    cp -rL "$path/." "$2/$place/"
  else
    install -D -m 644 "$path" "$2/${place:-${path##*/}}"
  fi
}

# image_drivers ROOT KERNEL VERSION WORK MISSING FIRMWARE...: the modules of drivers.list with what they depend on, those of EXTRA, and the
# firmware that they name, as far as a FIRMWARE folder has it; the rest is listed in MISSING.
image_drivers() {
  local root=$1 kernel=$2 version=$3 work=$4 missing=$5 module file name directory
  shift 5
  local firmware=("$@")
  [ -z "${EXTRA:-}" ] || [ ! -d "$EXTRA/firmware" ] || firmware=("$EXTRA/firmware" "${firmware[@]}")
  image_depmod "$kernel" "$version"
  list boot/drivers.list | sort | uniq -d | sed 's/^/boot image: boot\/drivers.list names a driver twice: /'
  for module in $(list boot/drivers.list; [ -z "${EXTRA:-}" ] || list "$EXTRA/drivers.list"); do
    modprobe -d "$kernel" -S "$version" --show-depends "$module" > "$work/depends" 2> /dev/null || { echo "boot image: this kernel has no module $module"; continue; }
    awk '$1 == "insmod" { print $2 }' "$work/depends"
  done > "$work/modules.all"
  grep -v '^/' "$work/modules.all" || true
  grep '^/' "$work/modules.all" | sort -u > "$work/modules"
  {
    while read -r file; do
      # By what follows it in the path: the folder of the packages may be a symbolic link.
      install -D -m 644 "$file" "$root/usr/lib/modules/${file##*/lib/modules/}"
      modinfo -F firmware "$file"
    done < "$work/modules"
    if [ -n "${EXTRA:-}" ]; then
      for file in "$EXTRA"/*.ko; do
        [ -e "$file" ] || continue
        [ "$(modinfo -F vermagic "$file" | cut -d' ' -f1)" = "$version" ] || { echo "boot image: $file is built for $(modinfo -F vermagic "$file" | cut -d' ' -f1), the kernel is $version" >&2; return 1; }
        install -D -m 644 "$file" "$root/usr/lib/modules/$version/updates/${file##*/}"
        modinfo -F firmware "$file"
      done
    fi
  } | sort -u > "$work/firmware"
  # What somebody put there is wanted, whether a driver names it or not.
  [ -z "${EXTRA:-}" ] || [ ! -d "$EXTRA/firmware" ] || { mkdir -p "$root/usr/lib/firmware" && cp -rL "$EXTRA/firmware/." "$root/usr/lib/firmware/"; }
  cp "$kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/usr/lib/modules/$version/"
  depmod -b "$root" "$version"
  while read -r name; do
    # Its driver writes these into the card's flash where the card has others. The card's own do for an installation.
    [[ $name != cxgb4/t?fw.bin ]] || continue
    for directory in "${firmware[@]}"; do
      # Names may hold wildcards (ice: intel/ice/ddp/ice*.pkg) and lead through symbolic links.
      for file in "$directory"/$name; do
        [ -e "$file" ] || continue
        install -D -m 644 "$(realpath "$file")" "$root/usr/lib/firmware/${file#"$directory"/}"
        continue 3
      done
    done
    echo "$name"
  done < "$work/firmware" > "$missing"
}

# image_usr ROOT KERNEL VERSION BUSYBOX WORK: packs /usr as a file system that /init mounts, and of which only what is used is unpacked. Unpacked by
# the kernel before /init, all of it would be, which takes seconds where processors are emulated.
image_usr() {
  local root=$1 early=$1/early file
  command -v mksquashfs > /dev/null || { echo "boot image: program mksquashfs is not on this machine: make prerequisites" >&2; return 1; }
  mkdir "$early"
  install -m 755 "$4" "$early/busybox"
  modprobe -d "$2" -S "$3" -a --show-depends loop squashfs | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$5/early"
  while read -r file; do
    install -m 644 "$file" "$early/"
    echo "${file##*/}" >> "$early/modules"
  done < "$5/early"
  find "$root/usr" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
  # Its own date comes from SOURCE_DATE_EPOCH.
  mksquashfs "$root/usr" "$early/usr.squashfs" -comp zstd -Xcompression-level 15 -b 128K -all-root -no-xattrs -no-exports -quiet -no-progress > "$5/squashfs.log" || { cat "$5/squashfs.log" >&2; return 1; }
  mv "$root/usr" "$5/usr"
  mkdir "$root/usr"
}

# image_pack ROOT WORK OUTPUT: the same files give the same bytes. What is compressed already comes first and as it is: the kernel takes several archives
# behind each other, and would only copy it once more.
image_pack() {
  find "$1" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
  archive() { (cd "$root" && sort | cpio -o -H newc -R 0:0 --reproducible --quiet); }
  local root=$1
  : > "$3.new"
  [ ! -f "$1/early/usr.squashfs" ] || printf 'early\nearly/usr.squashfs\n' | archive > "$3.new"
  (cd "$1" && find . ! -path ./early/usr.squashfs) | archive > "$2/cpio"
  zstd -q -9 -T0 -c "$2/cpio" >> "$3.new"
  mv "$3.new" "$3"
}

# image_grub FORMAT MODULE_FOLDER OUTPUT CONFIG MODULES WORK: one program with that configuration and these modules in it, and nothing else to look
# for. (grub-mkstandalone would put today's date on each module.)
image_grub() {
  local tree=$6/grub-$1
  mkdir -p "$tree/boot/grub"
  cp "$4" "$tree/boot/grub/grub.cfg"
  tar --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go=rX,u=rwX -C "$tree" -cf "$6/grub-$1.tar" boot
  # shellcheck disable=SC2086
  grub-mkimage -O "$1" -d "$2" -p '(memdisk)/boot/grub' -m "$6/grub-$1.tar" -o "$3" memdisk tar normal $5
}
