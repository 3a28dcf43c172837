using System.Diagnostics;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Templates;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>The hooks' functions for scripts of a task, run by real shells.</summary>
public sealed class ScriptHookTests
{
    private const string Awkward = "printf '%s\\n' \"$LPMOS_HOSTNAME\" \"$LPMOS_VAR_NOTE\" 'tab\there' 'per%cent' 'back\\\\slash' '你好'\n# it's \"quoted\" $(reboot)\ncp \"$0\" \"$OUT/itself\"\n";

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    public void Scripts_run_as_they_were_given_with_the_task_in_their_environment(string shell)
    {
        using var folder = new TemporaryFolder();
        var said = Run(shell, folder, [Script("first", ScriptTimes.Pre, Awkward), Script("other", ScriptTimes.Post, "touch \"$OUT/never\""), Script("second", ScriptTimes.Pre, "#!/bin/bash\nexit 3\n"), Script("third", ScriptTimes.Pre, "touch \"$OUT/never\"")]);
        Assert.Equal(["script first: web-01.dc1.example.net", "script first: it's $HOME; `x`", "script first: tab\there", "script first: per%cent", "script first: back\\\\slash", "script first: 你好", "failed script_failed: The script second (pre) ended with code 3: ", "1"], said);
        Assert.Equal("#!/bin/sh\n" + Awkward, File.ReadAllText(folder.File("itself")));
        Assert.False(File.Exists(folder.File("never")));
        // The token and the scripts' texts are nobody else's business afterwards.
        Assert.False(Directory.Exists(folder.File("tmp-lpmos-scripts")));
    }

    private static TaskScript Script(string name, string when, string text) => new() { Name = name, When = when, Text = text };

    /// <summary>Runs <c>lpmos_scripts pre</c> as the early hook of a preseed would, with a folder of its own for /tmp/lpmos-scripts.</summary>
    private static string[] Run(string shell, TemporaryFolder folder, IReadOnlyList<TaskScript> scripts)
    {
        var (os, method) = Renderings.Installers.First(one => one.Method == "preseed");
        var sample = SampleMachine.All[1];
        var task = sample.Task(os, method, "dc1") with { Scripts = scripts, Variables = new Dictionary<string, string> { ["note"] = "it's $HOME; `x`" } };
        var files = Renderings.Files(os, method, task, sample.Hardware);
        var hook = files.Render("preseed/early.sh", RunTimeValues.StandIn);
        var functions = hook[hook.IndexOf("# LpmOs: lpmos_scripts", StringComparison.Ordinal)..hook.IndexOf("if ! lpmos_start", StringComparison.Ordinal)]
            .Replace("/tmp/lpmos-scripts", folder.File("tmp-lpmos-scripts"), StringComparison.Ordinal).Replace("/tmp/lpmos-script.log", folder.File("script.log"), StringComparison.Ordinal);
        var program = folder.File("hook.sh");
        File.WriteAllText(program, $"lpmos_lines() {{ cat; }}\nlpmos_fail() {{ echo \"failed $1: $2\"; }}\n{functions}\nOUT={Path.GetDirectoryName(program)}\nexport OUT\nlpmos_scripts pre\necho $?\n");
        using var process = Process.Start(new ProcessStartInfo(RequiredProgram.Find(shell, shell), [program]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
