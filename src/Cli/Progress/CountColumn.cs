using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ssl.Cli.Progress;

/// <summary><c>312 of 4,000 recordings, 45.2 a second</c>.</summary>
sealed class CountColumn(string unit) : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var speed = task.Speed is { } perSecond ? $", {perSecond:0.0} a second" : "";
        return new Text($"{task.Value:N0} of {task.MaxValue:N0} {unit}{speed}").Overflow(Overflow.Ellipsis);
    }

    protected override bool NoWrap => true;
}
