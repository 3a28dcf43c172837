using LpmOs.Core.Hosting;

namespace LpmOs.Regional.Documents;

/// <summary>Bodies as an agent sends them; those that name no task work as they stand.</summary>
internal static class Examples
{
    public static BodyExample[] TpmChallenge { get; } =
    [
        new("tpm", "The two keys of a TPM", """
            {"sn":"sn-001",
             "endorsement_key":"ACMACwADALIAIINxl2dEhLP4GpDMjUal1yT9UtduBlILZPKh2hszFGmqAAYAgABDABAAAwAQACA4/7/LwdrOwrbLR6Wo1O2nd1oncQUd5LHOHndS6sJcLQAg3F0eysBY3EchSSuFI1NgnGuv1HIyUGnzOCoegkX9fmc=",
             "attestation_key":"ACMACwAFAHIAAAAQABgACwADABAAIIUb7lSA3oGe8wFdGg7jDs7QxLH1HK/oYrTAGJavLeKOACB01veXzHEGQt22HQ35RoC/u4sCGCb70KuqBZmE8bFcUw=="}
            """),
    ];

    public static BodyExample[] TpmProof { get; } = [new("opened", "What the TPM found in the credential", """{"sn":"sn-001","ticket":"the ticket of the challenge","opened":"q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k="}""")];

    public static BodyExample[] Report { get; } =
    [
        new("server", "A server with one disk", """
            {"sn":"sn-001","mac_address":"00:1a:2b:3c:4d:5e",
             "hardware":{
              "serial_number":"sn-001",
              "mac_address":"00:1a:2b:3c:4d:5e",
              "company":"Acme Servers",
              "product":"PizzaBox 2000",
              "uuid":"4c4c4544-0032-1050-8052-b4c04f4e4d31",
              "firmware":{"vendor":"Acme Servers","version":"2.14.1","date":"03/07/2026","boot_mode":"uefi","secure_boot":false},
              "chassis":{"type":"Rack Mount Chassis","manufacturer":"Acme Servers","serial_number":"CH-7001","height_units":1},
              "board":{"manufacturer":"Acme Servers","product":"0H4K2D","version":"A02","serial_number":"CN7016301P00K2"},
              "tpm":{"present":true,"version":"2.0","vendor":"IFX"},
              "bmc":{"address":"10.0.9.21","mac":"00:1a:2b:3c:4d:60","address_source":"static","channel":1,"version":"7.00","ipmi_version":"2.0","manufacturer":"Acme"},
              "cpu":{"model":"EPYC 7302","cores":16,"threads":32,"sockets":1,"architecture":"x86_64","vendor":"AuthenticAMD","max_mhz":3300,"microcode":"0x8301055","flags":["aes","avx","avx2","lm","nx","sha_ni","sse4_2","svm"],"numa_nodes":[{"node":0,"cpus":"0-31","memory_bytes":134217728000}]},
              "memory":{"total_gb":128,"total_bytes":134217728000,"slots":8,"error_correction":"multi_bit_ecc","dimms":[{"slot":"A1","bank":"P0 CHANNEL A","size_bytes":68719476736,"speed_mts":3200,"configured_speed_mts":3200,"type":"DDR4","form_factor":"DIMM","manufacturer":"Samsung","part_number":"M393A8G40AB2-CWE","serial_number":"03A1B2C3"},{"slot":"B1","bank":"P0 CHANNEL B","size_bytes":68719476736,"speed_mts":3200,"configured_speed_mts":3200,"type":"DDR4","form_factor":"DIMM","manufacturer":"Samsung","part_number":"M393A8G40AB2-CWE","serial_number":"03A1B2C4"}]},
              "disks":[{"device":"/dev/nvme0n1","size_gb":960,"size_bytes":960197124096,"type":"nvme","model":"PM983","serial":"S437NX0K500001","transport":"nvme","logical_sector_bytes":512,"physical_sector_bytes":4096,"firmware":"EDA5402Q","pci_slot":"0000:41:00.0","health":{"passed":true,"wear_percent":3,"media_errors":0,"temperature_celsius":36,"power_on_hours":11987,"written_bytes":41293053952000,"source":"smartctl"},"removable":false,"rotational":false}],
              "raid_controllers":[{"id":"0","model":"PERC H740P Mini","serial":"01A000B","firmware":"51.16.0-4076","pci_slot":"0000:18:00.0","driver":"megaraid_sas","tool":"perccli","state":"Optimal","cache_battery":"Optimal","arrays":[{"id":"0/0","name":"data","level":"raid1","size_bytes":3999999721472,"state":"optimal","device":"/dev/sda","disks":["32:0","32:1"]}],"disks":[{"id":"32:0","model":"ST4000NM0295","serial":"ZC1A0001","size_bytes":4000225165312,"type":"hdd","transport":"sas","state":"online"},{"id":"32:1","model":"ST4000NM0295","serial":"ZC1A0002","size_bytes":4000225165312,"type":"hdd","transport":"sas","state":"online"}]}],
              "nics":[{"name":"eth0","mac":"00:1a:2b:3c:4d:5e","permanent_mac":"00:1a:2b:3c:4d:5e","driver":"mlx5_core","firmware":"16.35.3006","model":"Mellanox ConnectX-5","speed_mbps":25000,"link":true,"pci_slot":"0000:01:00.0","numa_node":0,"lldp":{"switch_name":"leaf-a12-1","chassis_id":"00:1c:73:0a:0b:0c","port":"Ethernet12","port_description":"rack a12 u7","vlan":100,"management_address":"10.0.8.12"}}],
              "gpus":[{"name":"NVIDIA [10de:20f1]","slot":"0000:81:00.0","id":"10de:20f1"}],
              "pci_devices":[{"slot":"0000:01:00.0","id":"15b3:1017","class":"020000","class_name":"Ethernet controller","name":"Mellanox ConnectX-5","driver":"mlx5_core"}],
              "driverless_devices":[{"slot":"0000:81:00.0","id":"10de:20f1","class":"030200","class_name":"3D controller","name":"NVIDIA [10de:20f1]"}]}}
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

    public static BodyExample[] Logs { get; } = [new("two_lines", "Two lines", """{"sn":"sn-001","task_id":"task-0a1b2c3d","attempt":1,"first_line":0,"run":"7c9e6679","lines":["sfdisk: wrote the table","mkfs.ext4: done"]}""")];

    public static BodyExample[] Wipe { get; } =
    [
        new("verified", "A disk was overwritten", """
            {"sn":"sn-001","task_id":"task-0a1b2c3d","attempt":1,"device":"/dev/sda","serial":"S3Z8NB0K","model":"ST4000NM0035","size_bytes":4000787030016,"method":"overwrite",
             "began_at":"2026-11-22T08:00:00Z","ended_at":"2026-11-22T14:12:09Z","samples":64,"samples_left":0,"result":"verified"}
            """),
    ];

    public static BodyExample[] Installed { get; } =
    [
        new("first_boot", "The new system is up", """{"sn":"sn-001","task_id":"task-0a1b2c3d","token":"the token on the disk","hostname":"web-01","machine_id":"4c4c4544003210508052b4c04f4e4d31","kernel":"6.1.0-25-amd64"}"""),
    ];
}
