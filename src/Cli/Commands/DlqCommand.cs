using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Letters;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl dlq list|show|replay</c>: the dead letters, messages that no service could handle.</summary>
static class DlqCommand
{
    public static Command Create() => new("dlq", "dead letters: messages that could not be handled; settings follow as --Kafka:Key=value")
    {
        List(), Show(), Replay(),
    };

    static Command List()
    {
        var (topic, reason, bootstrap, data) = (Topic(), Reason(), BrokerAddress.Option(), DataFolder.Option());
        var limit = new Option<int>("--limit") { Description = "at most so many, the newest", DefaultValueFactory = _ => 100 };
        const string about = "one line a letter: name, time, key, bytes, source, reason";
        var json = JsonOutput.Option();
        var command = new Command("list", about) { topic, reason, limit, bootstrap, data, json };
        return command.WithAction(takesSettings: true, action: (parsed, ct) =>
        {
            using var clients = Connect(parsed, bootstrap, data, parsed.UnmatchedTokens);
            var letters = new DeadLetterBox(clients).Find(parsed.GetValue(topic), parsed.GetValue(reason), [], ct)
                .Select(l => (l.Topic, Line: DeadLetterBox.Line(l), Reason: DeadLetterBox.ReasonOf(l).Split(':')[0],
                    All: DeadLetterBox.Fields(l)))
                .ToArray();
            var shown = letters.GroupBy(l => l.Topic).SelectMany(of => of.TakeLast(parsed.GetValue(limit)));
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(shown.Select(l => l.All));
                return Task.CompletedTask;
            }
            foreach (var letter in shown)
                Console.WriteLine(letter.Line);
            var counts = letters.CountBy(l => l.Reason).Select(c => $"{c.Value} {c.Key}");
            Console.Error.WriteLine($"{letters.Length} letter{(letters.Length == 1 ? "" : "s")}: {string.Join(", ", counts)}");
            return Task.CompletedTask;
        });
    }

    static Command Show()
    {
        var letter = new Argument<string>("LETTER") { Description = "as `ssl dlq list` names it: audio.raw.dlq/0/12" };
        var output = new Option<string?>("--output") { Description = "file to write its bytes to" };
        var (bootstrap, data) = (BrokerAddress.Option(), DataFolder.Option());
        var command = new Command("show", "a letter's headers, and its bytes") { letter, output, bootstrap, data };
        return command.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            using var clients = Connect(parsed, bootstrap, data, parsed.UnmatchedTokens);
            var found = new DeadLetterBox(clients).Find(null, null, [parsed.GetValue(letter)!], ct).FirstOrDefault()
                ?? throw new InvalidDataException($"{parsed.GetValue(letter)} is not there, or not any more");
            Console.Write(DeadLetterBox.Describe(found));
            if (parsed.GetValue(output) is { } path)
                await File.WriteAllBytesAsync(path, found.Value ?? [], ct);
        });
    }

    static Command Replay()
    {
        var letters = new Argument<string[]>("LETTER") { Description = "only these", Arity = ArgumentArity.ZeroOrMore };
        var (topic, reason, bootstrap, data) = (Topic(), Reason(), BrokerAddress.Option(), DataFolder.Option());
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be sent" };
        const string about = "send letters back to their topic; segments get the ids of the original message";
        var command = new Command("replay", about) { letters, topic, reason, dryRun, bootstrap, data };
        return command.WithAction(takesSettings: true, action: async (parsed, ct) =>
        {
            var given = parsed.GetValue(letters)!.ToLookup(l => l.StartsWith("--", StringComparison.Ordinal));
            using var clients = Connect(parsed, bootstrap, data, [.. given[true], .. parsed.UnmatchedTokens]);
            var box = new DeadLetterBox(clients);
            var (sent, count) = (0, 0);
            foreach (var letter in box.Find(parsed.GetValue(topic), parsed.GetValue(reason), [.. given[false]], ct))
            {
                count++;
                if (parsed.GetValue(dryRun))
                    Console.WriteLine(DeadLetterBox.Line(letter));
                else if (await box.ReplayAsync(letter, ct))
                    sent++;
                else
                    await Console.Error.WriteLineAsync($"ssl: {DeadLetterBox.NameOf(letter)} has no bytes, nor has its source");
            }
            Console.WriteLine(parsed.GetValue(dryRun) ? $"{count} to replay" : $"replayed {sent} of {count}");
        });
    }

    static Option<string?> Topic()
    {
        var topic = new Option<string?>("--topic") { Description = "only this topic of dead letters" };
        topic.AcceptOnlyFromAmong(Topics.AudioRawDeadLetters, Topics.AudioSegmentsDeadLetters);
        return topic;
    }

    static Option<string?> Reason() => new("--reason") { Description = "only letters whose reason begins so: truncated, failed" };

    /// <summary>The broker of the option, of the settings, or of the running <c>ssl up</c>.</summary>
    static KafkaClients Connect(ParseResult parsed, Option<string?> bootstrap, Option<string> data, IReadOnlyList<string> settings)
    {
        var configuration = SslHost.CreateBuilder([.. settings], defaultPort: 0).Configuration;
        if (parsed.GetValue(bootstrap) is { } given)
            configuration["Kafka:BootstrapServers"] = given;
        var options = string.IsNullOrEmpty(configuration["Kafka:BootstrapServers"])
            ? BrokerAddress.Find(null, new DataFolder(parsed.GetValue(data)!)).ToOptions() : KafkaOptions.From(configuration);
        return new KafkaClients(options, NullLoggerFactory.Instance);
    }
}
