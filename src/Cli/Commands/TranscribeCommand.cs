using System.CommandLine;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl transcribe FILE...</c>: transcribes recordings with the running service.</summary>
static class TranscribeCommand
{
    public static Command Create()
    {
        var (server, model) = (ServiceOptions.Server(), ServiceOptions.Model());
        var files = new Argument<string[]>("FILE") { Description = "recordings", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format") { Description = "response format", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json", "verbose_json", "srt", "vtt");
        var command = new Command("transcribe", "transcribe recordings with the running service") { files, server, model, format };
        return command.WithAction(async (parsed, ct) =>
        {
            using var client = ServiceOptions.Connect(parsed.GetValue(server));
            foreach (var file in parsed.GetValue(files)!)
            {
                var answer = await client.TranscribeAsync(file, parsed.GetValue(model)!, parsed.GetValue(format)!, ct);
                Console.WriteLine(answer.Body.TrimEnd());
                await Console.Error.WriteLineAsync($"# {file}: recognizer {answer.ModelVersion}, encoder {answer.EncoderVersion}");
            }
        });
    }
}
