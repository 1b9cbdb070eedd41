using System.IO.Compression;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Publishing;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Upgrade;

/// <summary>Makes a small data folder of <c>ssl up</c> as a user would: labels, a stream, some minutes of learning, SIGTERM.</summary>
static class EarlierData
{
    const int Labels = 24;
    const int Recordings = 12; // more than the 30 s that training waits for

    /// <summary>What the folder holds, and what its champion heard.</summary>
    /// <param name="Step">Of the checkpoint.</param>
    internal sealed record Facts(string Text, int Recognizer, string[] Models, int Labels, long Step, long Segments);

    public static async Task MakeAsync(string archive, string work, CancellationToken ct)
    {
        var (random, data) = (new Random(1), Path.Combine(work, "data"));
        Directory.CreateDirectory(work);
        var shape = Wav2Vec2BertConfig.Tiny with
        {
            HiddenSize = 32,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 32,
        };
        using (var encoder = SpeechEncoder.Create(shape, seed: 1))
            ModelFolder.SaveEncoder(work, encoder);
        await File.WriteAllBytesAsync(Path.Combine(work, "heard.wav"), TestAudio.Wav(ToneSpeech.Speak("abc fed", random)), ct);
        Facts facts;
        var up = await RunningStreet.StartAsync(
            data, [$"--Learner:Encoder={Path.Combine(work, "config.json")}", "--Learner:Publishing:Every=00:01:00"], ct);
        try
        {
            for (var i = 0; i < Labels; i++)
            {
                var text = ToneSpeech.Text(random);
                await up.LabelAsync(TestAudio.Wav(ToneSpeech.Speak(text, random)), text);
            }
            using (var clients = new KafkaClients(BrokerAddress.Find(null, new DataFolder(data)).ToOptions(), NullLoggerFactory.Instance))
            using (var publisher = new AudioPublisher(clients, TimeProvider.System))
            {
                for (var i = 0; i < Recordings; i++)
                {
                    var path = Path.Combine(work, $"{i}.wav");
                    var text = string.Join(' ', ToneSpeech.Text(random), ToneSpeech.Text(random), ToneSpeech.Text(random));
                    await File.WriteAllBytesAsync(path, TestAudio.Wav(ToneSpeech.Speak(text, random)), ct);
                    await publisher.PublishFileAsync(path, $"caller-{i}", trainOptOut: false, done: null, ct);
                }
            }
            await up.UntilAsync("a recognizer serves", async () => (await up.ModelsAsync()).Contains("ssl"));
            var (heard, number) = await up.TranscribeAsync(Path.Combine(work, "heard.wav"), "ssl");
            facts = new Facts(heard, number, [.. (await up.ModelsAsync()).Where(m => m.EndsWith($"@{number}", StringComparison.Ordinal))],
                await up.LabelsAsync(), 0, (long)await up.MetricAsync("ssl_learner_replay_segments"));
        }
        finally
        {
            await up.DisposeAsync();
        }
        var checkpoints = Directory.GetDirectories(Path.Combine(data, "learner", "checkpoints")).Order(StringComparer.Ordinal).ToArray();
        facts = facts with { Step = long.Parse(Path.GetFileName(checkpoints[^1]).Split('-')[^1]) };
        foreach (var earlier in checkpoints[..^1])
            Directory.Delete(earlier, recursive: true);
        await WriteAsync(archive, work, facts, ct);
    }

    static async Task WriteAsync(string archive, string work, Facts facts, CancellationToken ct)
    {
        var content = Directory.CreateDirectory(Path.Combine(work, "content")).FullName;
        Directory.Move(Path.Combine(work, "data"), Path.Combine(content, "data"));
        File.Move(Path.Combine(work, "heard.wav"), Path.Combine(content, "heard.wav"));
        await File.WriteAllTextAsync(Path.Combine(content, "facts.json"), JsonSerializer.Serialize(facts), ct);
        File.Delete(archive);
        await ZipFile.CreateFromDirectoryAsync(content, archive, CompressionLevel.SmallestSize, includeBaseDirectory: false, ct);
    }
}
