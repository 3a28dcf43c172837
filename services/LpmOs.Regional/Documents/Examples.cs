using LpmOs.Core.Hosting;

namespace LpmOs.Regional.Documents;

/// <summary>Bodies as an agent sends them; those that name no task work as they stand.</summary>
internal static class Examples
{
    public static BodyExample[] Report { get; } =
    [
        new("server", "A server with one disk", """
            {"sn":"sn-001","mac_address":"00:1a:2b:3c:4d:5e",
             "hardware":{"serial_number":"sn-001","mac_address":"00:1a:2b:3c:4d:5e","company":"Acme Servers","product":"PizzaBox 2000",
              "cpu":{"model":"EPYC 7302","cores":16,"threads":32,"sockets":1,"architecture":"x86_64"},"memory":{"total_gb":64,"total_bytes":67430776832},
              "disks":[{"device":"/dev/nvme0n1","size_gb":960,"size_bytes":960197124096,"type":"nvme","model":"PM983","serial":"S437NX0K500001","transport":"nvme"}],
              "nics":[{"name":"eth0","mac":"00:1a:2b:3c:4d:5e","driver":"mlx5_core","speed_mbps":25000,"link":true}]}}
            """),
    ];

    public static BodyExample[] Progress { get; } =
    [
        new("waiting", "Waits for its task", """{"sn":"sn-001","step":"wait_task","percent":20,"message":"Waiting for a task"}"""),
        new("downloading", "Half of the image is there", """{"sn":"sn-001","task_id":"task-0a1b2c3d","step":"downloading","percent":65,"message":"46 of 92 MB","attempt":1,"sequence":7}"""),
    ];

    public static BodyExample[] Next { get; } =
    [
        new("first", "Asks for the first operation", """{"sn":"sn-001","task_id":"task-0a1b2c3d","machine":{"mac":"00:1a:2b:3c:4d:5e","macs":["00:1a:2b:3c:4d:5e","00:1a:2b:3c:4d:5f"],"uuid":"4c4c4544-0032-1050-8052-b4c04f4e4d31"}}"""),
        new("next", "Reports one and asks for the next", """{"sn":"sn-001","task_id":"task-0a1b2c3d","attempt":1,"completed":{"operation":"hardware_config","success":true,"message":"nothing to do"}}"""),
    ];

    public static BodyExample[] Logs { get; } = [new("two_lines", "Two lines", """{"sn":"sn-001","task_id":"task-0a1b2c3d","attempt":1,"first_line":0,"lines":["sfdisk: wrote the table","mkfs.ext4: done"]}""")];

    public static BodyExample[] Installed { get; } =
    [
        new("first_boot", "The new system is up", """{"sn":"sn-001","task_id":"task-0a1b2c3d","token":"the token on the disk","hostname":"web-01","machine_id":"4c4c4544003210508052b4c04f4e4d31","kernel":"6.1.0-25-amd64"}"""),
    ];
}
