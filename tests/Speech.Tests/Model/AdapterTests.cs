using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

public sealed class AdapterTests
{
    public static TheoryData<string> Layouts =>
        [.. SmallEncoders.All.Where(e => e.Value is not Wav2Vec2Config { IsHubert: true }).Select(e => e.Key)];

    /// <summary>Half the width, a quarter of the frames.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void An_adapter_gives_the_same_alone_and_in_company_and_after_its_file(string layout)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var adapter = new AdapterConfig(Layers: 2, KernelSize: 3, Stride: 2, OutputSize: 16, Padding: 1);
        var config = SmallEncoders.All[layout] is Wav2Vec2BertConfig bert
            ? bert with { Adapter = adapter with { Activation = "gelu", FeedsForward = true } }
            : SmallEncoders.All[layout] with { Adapter = adapter };
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(config, seed: 1), vocabulary.Size, seed: 1), vocabulary);
        ReadOnlyMemory<short> audio = TestAudio.Bursts(1, 0.1);
        var clips = new[] { 16_000, 9_700, 9_600, 100 }.Select(samples => audio[..samples]).ToArray();
        Tensor Logits(Recognizer from, params ReadOnlyMemory<short>[] batch) => from.Model.Logits(from.Features.Batch(batch, CPU));
        var together = Logits(recognizer, clips);
        using var folder = new TemporaryFolder();
        ModelFolder.SaveRecognizer(folder.Path, recognizer);
        using var again = ModelFolder.LoadRecognizer(folder.Path);
        Assert.Equal(config.Adapter, again.Model.Encoder.Config.Adapter);
        for (var i = 0; i < clips.Length; i++)
        {
            var alone = Logits(recognizer, clips[i])[0];
            ReferenceTensors.AssertClose(alone, together[i, ..(int)alone.shape[0]], 1e-4, $"{layout}, clip {i}");
            Assert.Equal(0, (alone - Logits(again, clips[i])[0]).abs().max().item<float>());
        }
        Assert.Equal(clips.Length, recognizer.Transcribe(clips, TextReading.Greedy).Count);
        using var encoder = ModelFolder.LoadEncoder(folder.Path);
        Assert.Null(encoder.Config.Adapter);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(5, 3, 2)]
    [InlineData(178, 89, 45)]
    public void Frames_are_halved_and_rounded_up(long frames, long once, long twice)
    {
        Assert.Equal(once, new AdapterConfig(1, 3, 2, 16, 1).FramesOf(frames));
        Assert.Equal(twice, new AdapterConfig(2, 3, 2, 16, 1).FramesOf(frames));
    }
}
