using System.Security.Cryptography;

namespace LpmOs.Agent.Tests.Install;

/// <summary>
/// An archive of a system with just what an installation touches: busybox, and in the place of useradd, ssh-keygen and grub-install
/// scripts that do the visible part and write down how they were called.
/// </summary>
internal static class SmallSystem
{
    private const string Script = """
        set -e
        mkdir -p bin usr/sbin usr/bin etc/ssh etc/systemd/system etc/cloud/cloud.cfg.d etc/sudoers.d etc/default/grub.d boot/grub usr/lib/systemd/system usr/lib/grub/i386-pc usr/lib/grub/x86_64-efi dev proc sys run tmp home var/lib/dbus
        cp /usr/bin/busybox bin/busybox
        for name in sh cat mkdir chmod cp; do ln -s busybox bin/$name; done
        printf 'root:x:0:0:root:/root:/bin/sh\n' > etc/passwd
        printf 'root:x:0:\nsudo:x:27:\n' > etc/group
        printf '12.1\n' > etc/debian_version
        printf 'shared\n' > etc/ssh/ssh_host_rsa_key
        printf 'aaaabbbbccccdddd\n' > etc/machine-id
        ln -s /run/resolve/stub.conf etc/resolv.conf
        printf 'kernel\n' > boot/vmlinuz-6.1.0-9-amd64; printf 'kernel\n' > boot/vmlinuz-6.1.0-56-amd64; printf 'initrd\n' > boot/initrd.img-6.1.0-56-amd64
        touch usr/bin/curl usr/bin/sudo usr/lib/systemd/system/systemd-networkd.service
        printf '#!/bin/sh\nfor name; do :; done\necho "$name:x:1000:1000::/home/$name:/bin/sh" >> /etc/passwd\nmkdir -p /home/$name\n' > usr/sbin/useradd
        printf '#!/bin/sh\necho "$@" >> /usermod-calls\n' > usr/sbin/usermod
        printf '#!/bin/sh\nfor file; do :; done\necho key > $file\nchmod 600 $file\n' > usr/bin/ssh-keygen
        printf '#!/bin/sh\necho "$@" >> /grub-calls\ncase "$*" in *x86_64-efi*) mkdir -p /boot/efi/EFI/BOOT; echo loader > /boot/efi/EFI/BOOT/BOOTX64.EFI;; esac\n[ ! -e /grub-fails ] || { echo "grub is out of order" >&2; exit 1; }\n' > usr/sbin/grub-install
        chmod 755 usr/sbin/* usr/bin/*
        """;

    /// <param name="more">Shell commands run in the tree before it is packed.</param>
    public static byte[] Archive(string more = "true")
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-system-").FullName;
        try
        {
            RecordedMachine.Program("cd", $"{folder} && sh -s", Script + "\n" + more + "\n");
            RecordedMachine.Program("tar", $"-C {folder} --numeric-owner -cf - . | zstd -q -1 > {folder}.tar.zst");
            return File.ReadAllBytes(folder + ".tar.zst");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            File.Delete(folder + ".tar.zst");
        }
    }

    public static string Digest(byte[] archive) => Convert.ToHexStringLower(SHA256.HashData(archive));
}
