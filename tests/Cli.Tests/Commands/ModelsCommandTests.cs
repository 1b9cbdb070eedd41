using System.Text.Json;
using Spectre.Console;
using Ssl.Cli.Commands;

namespace Ssl.Cli.Tests.Commands;

public sealed class ModelsCommandTests
{
    [Fact]
    public void Ids_stay_whole_in_a_narrow_terminal()
    {
        const string list = """
            [
                { "id": "ssl", "version": 17, "encoder_version": 42, "created": 1764396000, "cer": 0.123, "wer": 0.456, "aliases": ["x"] },
                { "id": "ssl@candidate", "version": 18, "encoder_version": 43, "created": 1764396000, "aliases": ["candidate", "previous"] }
            ]
            """;
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 80;
        console.Write(ModelsCommand.Table(JsonDocument.Parse(list).RootElement));
        Assert.Contains(" ssl@candidate ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("0.456", output.ToString(), StringComparison.Ordinal);
        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }
}
