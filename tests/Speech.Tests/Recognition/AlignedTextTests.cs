using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.Speech.Tests.Recognition;

public sealed class AlignedTextTests
{
    [Fact]
    public void A_text_lies_on_its_audio_word_by_word_or_not_at_all()
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        var encoder =
            SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny with { HiddenSize = 32, NumHiddenLayers = 1, IntermediateSize = 32 }, seed: 1);
        using var recognizer = new Recognizer(new CtcModel(encoder, vocabulary.Size, seed: 1), vocabulary);
        ReadOnlyMemory<short>[] clips = [.. new[] { 2.0, 1.0, 0.2, 1.0 }.Select(seconds => (ReadOnlyMemory<short>)TestAudio.Bursts(2)
            .AsMemory(0, (int)(seconds * 16_000)))];
        var aligned = recognizer.Align(clips, ["ab c cab", "axb", new string('a', 40), ""]);
        Assert.Null(aligned[2]); // too few frames
        Assert.Null(aligned[3]);
        Assert.Equal(["ab"], aligned[1]!.Words.Select(w => w.Word)); // what cannot be written is passed over
        var words = aligned[0]!.Words;
        Assert.Equal(["ab", "c", "cab"], words.Select(w => w.Word));
        Assert.All(words, w => Assert.InRange(w.EndSeconds - w.StartSeconds, 0.01, 2));
        Assert.All(words.Zip(words.Skip(1)), pair => Assert.True(pair.First.EndSeconds <= pair.Second.StartSeconds));
        Assert.InRange(words[^1].EndSeconds, 0, 2.03);
        Assert.InRange(aligned[0]!.Cost, 0.1, 1_000);
        Assert.Equal(aligned[0]!.Cost, Assert.Single(recognizer.Align([clips[0]], ["ab c cab"]))!.Cost, 0.01); // whatever company it is in
    }
}
