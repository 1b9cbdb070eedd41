using System.CommandLine;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl transcribe FILE...</c>: asks the running service for the text of recordings.</summary>
static class TranscribeCommand
{
    static readonly string[] Formats = ["text", "json", "verbose_json", "srt", "vtt"];

    public static Command Create()
    {
        var server = new ServerOptions();
        var files = new Argument<string[]>("FILE") { Description = "recordings", Arity = ArgumentArity.OneOrMore };
        var model = new Option<string>("--model") { Description = "ssl (the champion), ssl@candidate, ssl@17", DefaultValueFactory = _ => "ssl" };
        var format = new Option<string>("--format") { Description = "response format", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong(Formats);
        var command = new Command("transcribe", "transcribe recordings with the running service") { files, server.Server, model, format };
        command.SetAction((parsed, ct) => ClientErrors.ReportAsync(async () =>
        {
            using var client = server.Connect(parsed);
            foreach (var file in parsed.GetValue(files)!)
            {
                var answer = await client.TranscribeAsync(file, parsed.GetValue(model)!, parsed.GetValue(format)!, ct);
                Console.WriteLine(answer.Body.TrimEnd());
                await Console.Error.WriteLineAsync($"# {file}: recognizer {answer.ModelVersion}, encoder {answer.EncoderVersion}");
            }
            return 0;
        }));
        return command;
    }
}
