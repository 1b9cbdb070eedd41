using System.CommandLine;
using Ssl.Cli.Listening;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl listen [FILE]</c>: the text of speech while it is spoken, by the running service.</summary>
static class ListenCommand
{
    public static Command Create()
    {
        var (server, model) = (ServiceOptions.Server(), ServiceOptions.Model());
        var file = new Argument<string?>("FILE")
        {
            Description = "recording, played at the speed of speech; without it the microphone is heard, until Ctrl-C",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var device = new Option<string?>("--device") { Description = "microphone, as `arecord -L` lists them" };
        var json = new Option<bool>("--json") { Description = "print the session's events, one a line" };
        const string about = "print the text of speech while it is spoken, by the running service";
        return new Command("listen", about) { file, server, model, device, json }.WithAction(async (parsed, ct) =>
        {
            using var client = ServiceOptions.Connect(parsed.GetValue(server));
            var text = new TranscriptView(Console.Out, parsed.GetValue(json), Console.IsOutputRedirected ? null : Console.WindowWidth);
            var audio = parsed.GetValue(file) is { } path ? SpokenAudio.OfFileAsync(path, TimeProvider.System, ct)
                : SpokenAudio.OfMicrophoneAsync(parsed.GetValue(device), ct);
            using var session = await LiveConnection.OpenAsync(
                client.Server, parsed.GetValue(model)!, Environment.GetEnvironmentVariable("SSL_API_KEY"), ct);
            await session.RunAsync(audio, text.Show, ct);
        });
    }
}
