using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Documents;

/// <summary>Bodies that work as they stand, in the order in which a person would try them.</summary>
internal static class Examples
{
    public static BodyExample[] CreateTask { get; } =
    [
        new("minimal", "What is needed", """{"idc":"dc1","sn":"sn-001","mac":"00:1a:2b:3c:4d:5e","os_type":"Ubuntu 22.04","os_version":"22.04"}"""),
        new("static_network", "Hostname, address, disk and tags", """
            {"idc":"dc1","sn":"sn-002","mac":"00:1a:2b:3c:4d:5f","os_type":"debian","os_version":"12","hostname":"web-01",
             "network":{"interfaces":[{"addresses":["10.0.0.21/24"],"gateway":"10.0.0.1","dns":["10.0.0.53"]}]},
             "disk_layout":{"disk":{"prefer":"smallest"}},"tags":["rack-a12"],"notes":"新机上架"}
            """),
        new("bond_and_vlan", "VLAN 42 on an LACP bond, with users and time zone", """
            {"idc":"dc1","sn":"sn-003","mac":"00:1a:2b:3c:4d:60","os_type":"debian","os_version":"12","hostname":"db-01","timezone":"Asia/Shanghai","locale":"zh_CN.UTF-8",
             "network":{"interfaces":[{"name":"port0","mac":"00:1a:2b:3c:4d:60"},{"name":"port1","mac":"00:1a:2b:3c:4d:61"},
               {"name":"bond0","bond":{"mode":"802.3ad","members":["port0","port1"],"lacp_rate":"fast","hash_policy":"layer3+4"},"mtu":9000},
               {"name":"bond0.42","vlan":{"id":42,"link":"bond0"},"addresses":["10.42.0.21/24","2001:db8:42::21/64"],"gateway":"10.42.0.1","gateway6":"fe80::1",
                "routes":[{"to":"10.8.0.0/16","via":"10.42.0.254"}],"dns":["10.42.0.53"],"search":["db.example.com"]}]},
             "users":[{"name":"ops","sudo":true,"password_hash":"$6$exampleexample$A5Q4mbmnKv8FjQ0vVYb1p7nS4cJ3lOyZ1nX7Sg1gH8zqk5yM0o2hQw3Jc9d6u4PpR1tX0bVnL7aE8fGiHjKlM."}],
             "kernel_arguments":["mitigations=auto"]}
            """),
        new("raid", "The two equal disks, mirrored, wiped before", """
            {"idc":"dc1","sn":"sn-004","mac":"00:1a:2b:3c:4d:62","os_type":"debian","os_version":"12",
             "disk_layout":{"preset":"raid1","disk":{"equal":2,"max_size":"2TB"},"root_file_system":"xfs","swap_file":"4GiB","wipe":"secure"}}
            """),
    ];

    public static BodyExample[] Batch { get; } =
    [
        new("two", "Two machines, dry run", """
            {"tasks":[{"idc":"dc1","sn":"sn-201","mac":"00:1a:2b:3c:4f:01","os_type":"Ubuntu 22.04"},
                      {"idc":"dc1","sn":"sn-202","mac":"00:1a:2b:3c:4f:02","os_type":"debian","os_version":"12"}],"dry_run":true}
            """),
    ];

    public static BodyExample[] BatchDecision { get; } = [new("preview", "Which tasks it would be", """{"idc":"dc1","tag":"rack-a12","dry_run":true}""")];

    public static BodyExample[] Approve { get; } = [new("approve", "With a note", """{"notes":"审批通过"}""")];
    public static BodyExample[] Reject { get; } = [new("reject", "With the reason", """{"reason":"机柜位置不对"}""")];
    public static BodyExample[] Cancel { get; } = [new("cancel", "With the reason", """{"reason":"计划变更"}""")];
    public static BodyExample[] Retry { get; } = [new("retry", "With the reason", """{"reason":"已更换硬盘"}""")];

    public static BodyExample[] Settings { get; } =
    [
        new("careful", "Ten at once, at night, two persons", """
            {"max_installations":10,"maintenance_windows":[{"days":["mon","tue","wed","thu","fri"],"from":"22:00","to":"06:00","time_zone":"Asia/Shanghai"}],"four_eyes":true,"install_minutes":120}
            """),
        new("automatic", "Test machines need no person", """{"auto_approval":[{"name":"test machines","tag":"test"}]}"""),
    ];

    public static BodyExample[] PatchMachine { get; } = [new("notes_and_tags", "A note and tags", """{"notes":"换过主板","tags":["rack-a12","gpu"]}""")];
    public static BodyExample[] CreateTaskForMachine { get; } = [new("one_step", "Only what to install", """{"os_type":"debian","os_version":"12","tags":["rack-a12"]}""")];
    public static BodyExample[] OpenShell { get; } = [new("half_an_hour", "For half an hour, with the reason", """{"minutes":30,"reason":"RAID 卡不识别"}""")];
    public static BodyExample[] Decommission { get; } = [new("decommission", "With the reason", """{"reason":"设备报废"}""")];

    public static BodyExample[] RetireKeys { get; } = [new("retire", "When they are not needed any more", """{"now":false}""")];

    public static BodyExample[] RequireTpm { get; } = [new("require", "Nothing without a TPM", """{"required":true}""")];

    public static BodyExample[] ReleaseTpm { get; } = [new("board", "With the reason", """{"reason":"更换主板"}""")];

    public static BodyExample[] Profile { get; } =
    [
        new("web_server", "Debian with a key and packages", """
            {"description":"网站服务器","os_type":"debian","os_version":"12","disk_layout":{"disk":{"prefer":"smallest"}},"packages":["nginx","chrony"],"variables":{"proxy":"http://10.0.0.3:3128"}}
            """),
    ];
    public static BodyExample[] ProfileWithScript { get; } =
    [
        .. Profile,
        new("with_script", "With a script that uses a variable", """
            {"os_type":"debian","os_version":"12","variables":{"proxy":"http://10.0.0.3:3128"},
             "scripts":[{"name":"proxy","when":"post","text":"echo \"Acquire::http::Proxy \\\"$LPMOS_VAR_PROXY\\\";\" > /etc/apt/apt.conf.d/30proxy\n"}]}
            """),
    ];
    public static BodyExample[] Defaults { get; } = [new("time_and_proxy", "What all machines there share", """{"packages":["chrony"],"variables":{"ntp":"10.0.0.2"}}""")];
    public static BodyExample[] Render { get; } = [new("sample", "For a sample machine", """{"name":"ipxe/entry.ipxe","sample":"uefi_nvme"}""")];
    public static BodyExample[] Template { get; } = [new("note", "A word on the console of the machines of one IDC", """{"idc":"dc1","text":"#!ipxe\n# LpmOs: there is no boot image for this kind of processor.\necho No boot image for {{ machine.architecture | quote.ipxe }} in dc1\nsleep 5\nexit 1\n","notes":"机房提示"}""")];
    public static BodyExample[] Asset { get; } = [new("kernel", "A kernel by its digest, fetched from a mirror", """{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","source":"http://ftp.debian.org/debian/dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux"}""")];
    public static BodyExample[] Rollback { get; } = [new("built_in", "Back to the built-in one", """{"idc":"dc1","version":0,"notes":"恢复内置模板"}""")];
    public static BodyExample[] Login { get; } = [new("login", "Name and password", """{"user":"wang.fang","password":"correct-horse-battery"}""")];
    public static BodyExample[] Password { get; } = [new("password", "A long one", """{"old_password":"kx4m-p2v9-77qd-ab3c-nn5t","new_password":"correct-horse-battery"}""")];
    public static BodyExample[] User { get; } =
    [
        new("operator", "Operator of one IDC", """{"name":"wang.fang","display_name":"王芳","roles":[{"role":"operator","idc":"dc1"}]}"""),
        new("service", "A program that reads", """{"name":"prometheus","service":true,"roles":[{"role":"viewer"}]}"""),
    ];
    public static BodyExample[] UserRoles { get; } = [new("roles", "Approver of all, operator of one", """{"roles":[{"role":"approver"},{"role":"operator","idc":"dc1"}]}""")];
    public static BodyExample[] Token { get; } = [new("narrow", "For a script that only reads", """{"description":"inventory script","roles":[{"role":"viewer"}]}""")];
    public static BodyExample[] Webhook { get; } =
        [new("chat_room", "Tell a chat room what is done and what failed", """{"url":"https://chat.example/hooks/lpmos","secret":"replace-me-with-a-long-one","events":["task.completed","task.failed"],"idc":"dc1"}""")];
}
