using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Identity;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Documents;

/// <summary>What the document says of the whole.</summary>
internal static class ApiText
{
    public static string Description { get; } = $"""
        The operators' API of LpmOs: create installation tasks, approve them, follow them.

        Bodies are read as JSON in UTF-8 whatever `Content-Type` says; names are snake_case; times are ISO 8601 in UTC.
        Errors are problem details (RFC 9457) with a stable `code`; an invalid request lists every field that is wrong in `errors`.

        Limits of a task: `idc` {Names.IdcAllowed}; `sn` {Names.SnAllowed}; `mac` {MacAddress.Allowed}; `hostname` {Names.HostnameAllowed};
        `notes` {TaskRules.LongestNotes} characters; `packages` {TaskDraft.MostPackages}; `ssh_keys` {TaskDraft.MostKeys} of {SshPublicKey.Longest} characters, OpenSSH public keys without options;
        `tags` {TaskDraft.MostTags} of 63 characters; `variables` {TaskDraft.MostVariables} of 1024 characters; `scripts` {TaskScript.Most} of {TaskScript.Longest} characters, {TaskScript.LongestTogether} together; `network.interfaces` {NetworkReader.MostInterfaces} with {NetworkReader.MostAddresses} addresses and {NetworkReader.MostDns} name servers each; `users` {UserSpec.Most}; `kernel_arguments` {TaskDraft.MostArguments};
        `not_before` before `deadline`, `deadline` in the future. A body may have 2 MiB.
        """;
}
