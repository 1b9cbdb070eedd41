using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

/// <summary>What users name in labels is never a path (S4).</summary>
public sealed class LabelIdTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Whatever_an_id_or_a_speaker_is_its_file_is_one_of_the_folder_and_a_line_or_split_must_exist()
    {
        var audio = TestAudio.Wav(ToneSpeech.Speak("abc", new Random(1)));
        var path = folder.File("a/b/labels");
        using (var store = new LabelStore(path))
        {
            var intake = new LabelIntake(new TuningLines([("ssl", new LabelOptions())]), store, NullLogger<LabelIntake>.Instance);
            foreach (var vector in Traversals.All)
            {
                var label = new AudioLabel { Id = vector, Text = "abc", Audio = audio, Speaker = vector, Domain = vector };
                Assert.Null(intake.Take(Message(label)));
                Assert.Equal(audio, store.AudioOf(store.Labels[vector]));
                Assert.Equal("unknown_line", intake.Take(Message(label with { Id = "x", Line = "A" + vector }))!.Reason);
                Assert.Equal("unknown_split", intake.Take(Message(label with { Id = "x", Split = "a" + vector }))!.Reason);
            }
            Assert.Equal(Traversals.All.Count, store.Labels.Count);
        }
        var files = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).ToArray();
        Assert.All(files, file => Assert.Equal(path, Path.GetDirectoryName(file)));
        Assert.All(files, file => Assert.Matches(@"^([0-9a-f]{32}\.label|\.lock|progress\.json)$", Path.GetFileName(file)));
        using var again = new LabelStore(path);
        Assert.Equal(Traversals.All.Order(StringComparer.Ordinal), again.Labels.Keys.Order(StringComparer.Ordinal));
        Assert.All(Traversals.All, vector => Assert.True(again.Remove(vector)));
    }

    static ConsumedMessage Message(AudioLabel label)
    {
        var message = LabelMessages.ToMessage(label);
        return new ConsumedMessage(Topics.AudioLabeled, 0, 1, message.Key, message.Value, message.Headers, null);
    }
}
