using LpmOs.Cli.Client;
using LpmOs.Cli.Commands;
using LpmOs.Cli.Output;
using LpmOs.Cli.Texts;
using Spectre.Console;

namespace LpmOs.Cli.Watching;

/// <summary>A bar for each task, for a person at a terminal.</summary>
internal sealed class ProgressBoard(ProgressContext context, Words words)
{
    private readonly Dictionary<string, ProgressTask> _bars = [];

    public static Progress Columns(IAnsiConsole console) => console.Progress().AutoClear(false).HideCompleted(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());

    public void Show(InstallTask task)
    {
        var machine = TaskViews.Machine(task);
        if (!_bars.TryGetValue(machine, out var bar))
            _bars[machine] = bar = context.AddTask(Safe(machine), maxValue: 100);
        var colour = task.Status switch { TaskState.Completed => "green", TaskState.Failed => "red", TaskState.Installing => "yellow", _ => "grey" };
        bar.Description = $"{Safe(machine)} [{colour}]{Output.Show.Name(task.Status)}[/] {Safe(TaskViews.Now(task, words))}";
        bar.Value = task.Percent ?? 0;
        if (TaskViews.IsOver(task))
            bar.StopTask();
    }

    private static string Safe(string text) => Markup.Escape(SafeText.Of(text));
}
