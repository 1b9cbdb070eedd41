using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Progress;
using Ssl.Cli.Publishing;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl publish FILE|DIR...</c>: audio onto <c>audio.raw</c>, as clips or as a live stream.</summary>
static class PublishCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "audio files or folders of them", Arity = ArgumentArity.OneOrMore };
        var stream = new Option<bool>("--stream") { Description = "as a live stream of raw PCM, at the speed of speech" };
        var key = new Option<string?>("--key") { Description = "stream id (default: the file's name)" };
        var optOut = new Option<bool>("--train-opt-out") { Description = "transcribe it, but never train on it" };
        var (bootstrap, data) = (BrokerAddress.Option(), DataFolder.Option());
        var command = new Command("publish", "publish audio to the topic audio.raw") { paths, stream, key, optOut, bootstrap, data };
        return command.WithAction(async (parsed, ct) =>
        {
            var files = parsed.GetValue(paths)!.SelectMany(AudioFiles.Find).ToArray();
            var broker = BrokerAddress.Find(parsed.GetValue(bootstrap), new DataFolder(parsed.GetValue(data)!));
            using var clients = new KafkaClients(broker.ToOptions(), NullLoggerFactory.Instance);
            using var publisher = new AudioPublisher(clients, TimeProvider.System);
            var count = await ProgressBars.ShowAsync(ProgressBars.Terminal(), null, async bars =>
            {
                var (published, doneBytes, totalBytes) = (0, 0L, files.Sum(file => new FileInfo(file).Length));
                foreach (var file in files)
                {
                    var streamId = parsed.GetValue(key) ?? Path.GetFileNameWithoutExtension(file);
                    var bytes = new FileInfo(file).Length;
                    void Report(double share) => bars.Report("publish", doneBytes + share * bytes, totalBytes);
                    await (parsed.GetValue(stream)
                        ? publisher.PublishStreamAsync(file, streamId, parsed.GetValue(optOut), Report, ct)
                        : publisher.PublishFileAsync(file, streamId, parsed.GetValue(optOut), Report, ct));
                    Report(1);
                    doneBytes += bytes;
                    if (++published % 100 == 0 && !bars.AreShown)
                        Console.WriteLine($"{published} of {files.Length} files");
                }
                return published;
            });
            Console.WriteLine($"published {count} file{(count == 1 ? "" : "s")} to {Topics.AudioRaw} on {broker.BootstrapServers}");
        });
    }
}
