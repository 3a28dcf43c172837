using LpmOs.Agent.Install;

namespace LpmOs.Agent.Tests.Install;

/// <summary>Passwords, time zone, language, packages and SELinux, as they stand on a real disk after an installation.</summary>
[Collection("loop devices")]
public sealed class SystemSettingsTests
{
    private const string Hash = "$6$rounds=5000$saltsalt$PLANTEDplantedPLANTEDplantedPLANTEDplanted.abc";
    private const string More = """
        printf 'root:*:19000:0:99999:7:::\n' > etc/shadow; chmod 640 etc/shadow
        mkdir -p usr/share/zoneinfo/Asia etc/selinux; touch usr/share/zoneinfo/Asia/Shanghai
        printf 'SELINUX=enforcing\nSELINUXTYPE=targeted\n' > etc/selinux/config
        printf '# zh_CN.UTF-8 UTF-8\n# en_US.UTF-8 UTF-8\n' > etc/locale.gen
        printf '#!/bin/sh\necho C\necho POSIX\n' > usr/bin/locale
        printf '#!/bin/sh\ncat /etc/locale.gen > /generated\n' > usr/sbin/locale-gen
        printf '#!/bin/sh\ncase "$*" in *nginx*) echo installed;; *) exit 1;; esac\n' > usr/bin/dpkg-query
        printf '#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> /apt-calls\ncat /usr/sbin/policy-rc.d >> /apt-calls\n' > usr/bin/apt-get
        chmod 755 usr/bin/* usr/sbin/*
        """;

    [Fact]
    public async Task WhatThePlanSaysOfTheSystemIsThere()
    {
        Assert.True(LoopDisk.Possible, "Needs root, loop devices, sfdisk, zstd and busybox.");
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive(More));
        it.Order = it.Order with { PasswordHashes = new Dictionary<string, string> { ["ops"] = Hash, ["root"] = Hash } };
        var plan = await it.PlanAsync() with
        {
            Users = [new() { Name = "ops", Sudo = true, PasswordDigest = new string('a', 64) }, new() { Name = "root", SshKeys = ["ssh-ed25519 AAAAC3Nza root@example"], PasswordDigest = new string('b', 64) }],
            Timezone = "Asia/Shanghai", Locale = "zh_CN.UTF-8", Keyboard = "de-nodeadkeys", Packages = ["nginx", "chrony"], KernelArguments = ["console=ttyS1,9600", "mitigations=auto"],
        };

        await it.RunAsync(plan);

        it.Disk.Look(3, root =>
        {
            string Text(string path) => File.ReadAllText(Path.Join(root, path));
            Assert.Equal($"root:{Hash}:19000:0:99999:7:::\nops:{Hash}:19000:0:99999:7:::\n", Text("etc/shadow"));
            Assert.Equal("640", RecordedMachine.Program("stat", $"-c %a {root}/etc/shadow").Trim());
            Assert.Contains("root@example", Text("root/.ssh/authorized_keys"), StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Join(root, "etc/sudoers.d/90-lpmos-root")));
            Assert.Equal("../usr/share/zoneinfo/Asia/Shanghai", new FileInfo(Path.Join(root, "etc/localtime")).LinkTarget);
            Assert.Equal("Asia/Shanghai\n", Text("etc/timezone"));
            Assert.Equal("zh_CN.UTF-8 UTF-8\n# en_US.UTF-8 UTF-8\n", Text("generated"));
            Assert.Equal("LANG=zh_CN.UTF-8\n", Text("etc/default/locale"));
            Assert.Contains("XKBLAYOUT=\"de\"\nXKBVARIANT=\"nodeadkeys\"", Text("etc/default/keyboard"), StringComparison.Ordinal);
            Assert.Equal("noninteractive -q update\n#!/bin/sh\nexit 101\nnoninteractive -q -y --no-install-recommends install -- chrony\n#!/bin/sh\nexit 101\n", Text("apt-calls"));
            Assert.False(File.Exists(Path.Join(root, "usr/sbin/policy-rc.d")));
            Assert.True(File.Exists(Path.Join(root, ".autorelabel")));
            Assert.Contains("serial --unit=1 --speed=9600", Text("boot/grub/grub.cfg"), StringComparison.Ordinal);
            Assert.Contains(" ro console=ttyS1,9600 mitigations=auto", Text("boot/grub/grub.cfg"), StringComparison.Ordinal);
        });
        Assert.DoesNotContain("PLANTED", it.Console, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ALocaleWithoutACharsetIsMadeWithTheOneThatTheSystemKnows()
    {
        Assert.True(LoopDisk.Possible, "Needs root, loop devices, sfdisk, zstd and busybox.");
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive(More + "\nmkdir -p usr/share/i18n; printf 'zh_CN.UTF-8 UTF-8\\nzh_CN GB2312\\n' > usr/share/i18n/SUPPORTED\n"));

        await it.RunAsync(await it.PlanAsync() with { Locale = "zh_CN" });

        it.Disk.Look(3, root => Assert.Contains("zh_CN GB2312\n", File.ReadAllText(Path.Join(root, "generated")), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("time zone", "Mars/Olympus", null)]
    [InlineData("hash", null, "$6$x:0:0:root")]
    public async Task WhatTheImageDoesNotHaveIsSaidAndNothingBoots(string says, string? timezone, string? hash)
    {
        Assert.True(LoopDisk.Possible, "Needs root, loop devices, sfdisk, zstd and busybox.");
        await using var it = await InstallationUnderTest.StartAsync(SmallSystem.Archive(More));
        it.Order = it.Order with { PasswordHashes = hash is null ? new Dictionary<string, string>() : new() { ["ops"] = hash } };
        var plan = await it.PlanAsync() with { Timezone = timezone, Users = [new() { Name = "ops", PasswordDigest = hash is null ? null : new string('a', 64) }] };

        var failure = await Assert.ThrowsAsync<InstallException>(() => it.RunAsync(plan));

        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.All(it.Disk.Read(0, 512 * 34), value => Assert.Equal(0, value));
    }
}
