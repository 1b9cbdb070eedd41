using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Publishing;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl label FILE --text TEXT</c>, <c>ssl label --remove ID</c>: writes labels to <c>audio.labeled</c>.</summary>
static class LabelCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "the recording, up to 30 s", Arity = ArgumentArity.ZeroOrOne };
        var text = Text("--text", "what is said in it");
        var remove = Text("--remove", "id of a label to remove");
        var (line, speaker) = (Text("--line", "line of recognizers that it is for (default: ssl)"), Text("--speaker", "who speaks"));
        var domain = Text("--domain", "what it is a sample of, for scores by domain");
        var split = Text("--split", "train, test, gate or hidden (default: the tuner chooses once and for all)");
        var id = Text("--id", "id of the label; one of the same id is replaced (default: a hash of the audio)");
        var (bootstrap, data) = (BrokerAddress.Option(), DataFolder.Option());
        var command = new Command("label", "add, correct or remove a label on the topic audio.labeled")
        {
            file, text, remove, line, speaker, domain, split, id, bootstrap, data,
        };
        return command.WithAction(async (parsed, ct) =>
        {
            var (path, gone) = (parsed.GetValue(file), parsed.GetValue(remove));
            if (path is null == gone is null || path is not null && string.IsNullOrWhiteSpace(parsed.GetValue(text)))
                throw new InvalidDataException("give a FILE and its --text, or --remove and an id");
            var label = path is null ? null : Read(path, parsed.GetValue(id), parsed.GetValue(text)!) with
            {
                Line = parsed.GetValue(line),
                Speaker = parsed.GetValue(speaker),
                Domain = parsed.GetValue(domain),
                Split = parsed.GetValue(split),
            };
            var broker = BrokerAddress.Find(parsed.GetValue(bootstrap), new DataFolder(parsed.GetValue(data)!));
            using var clients = new KafkaClients(broker.ToOptions(), NullLoggerFactory.Instance);
            await clients.DeliverAsync(
                Topics.AudioLabeled, label is null ? LabelMessages.Removal(gone!) : LabelMessages.ToMessage(label), ct);
            Console.WriteLine(label is null ? $"removed label {gone}" : $"label {label.Id} is on {Topics.AudioLabeled}");
        });
    }

    /// <exception cref="InvalidDataException">The file cannot be decoded: refused here, not by the tuner later.</exception>
    static AudioLabel Read(string path, string? id, string text)
    {
        var audio = AudioFile.Read(path, DecodeLimits.OfLabel);
        if (!audio.Ok)
            throw new InvalidDataException($"{path}: {audio.Detail}");
        return new AudioLabel
        {
            Id = id ?? AudioId.Of(audio.Samples),
            Audio = File.ReadAllBytes(path),
            ContentType = AudioFiles.ContentType(path),
            Text = text,
        };
    }

    static Option<string?> Text(string name, string description) => new(name) { Description = description };
}
