using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Learning;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl learning pause|resume</c>: whether Learner and tuner work, through the topic <c>control</c>.</summary>
static class LearningCommand
{
    static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(20);

    public static Command Create() => new("learning", "pause and resume learning; transcription goes on")
    {
        Set("pause", "Learner and tuner save a checkpoint and rest", paused: true),
        Set("resume", "Learner and tuner work again", paused: false),
    };

    static Command Set(string name, string about, bool paused)
    {
        var (bootstrap, data) = (BrokerAddress.Option(), DataFolder.Option());
        var why = new Option<string>("--why") { Description = "reason, for the log", DefaultValueFactory = _ => "no reason was given" };
        return new Command(name, about) { why, bootstrap, data }.WithAction(async (parsed, ct) =>
        {
            var broker = BrokerAddress.Find(parsed.GetValue(bootstrap), new DataFolder(parsed.GetValue(data)!));
            using var clients = new KafkaClients(broker.ToOptions(), NullLoggerFactory.Instance);
            var control = new LearningControl
            {
                Paused = paused,
                Who = $"operator {Environment.UserName}",
                When = TimeProvider.System.GetUtcNow(),
                Why = parsed.GetValue(why)!,
            };
            await LearningSwitch.SendAsync(clients, control, ct).WaitAsync(BrokerLimit, ct);
            Console.WriteLine($"learning is {(paused ? "paused" : "resumed")}");
        });
    }
}
