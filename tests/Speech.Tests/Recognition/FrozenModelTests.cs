using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Speech.Tests.Model;
using Ssl.TestKit;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Recognition;

/// <summary>Recognizers loaded with weights in the types of inference, against the same as trained.</summary>
public sealed class FrozenModelTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, Precision, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, Precision, double>();
            foreach (var layout in SmallEncoders.All.Keys)
            {
                cases.Add(layout, Precision.Float32, 1e-5);
                cases.Add(layout, Precision.BFloat16, 0.1);
                cases.Add(layout, Precision.Int8, 0.1); // float where the processor has no such products
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Answers_are_near_those_of_the_trained_weights(string layout, Precision precision, double limit)
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using (var made = new Recognizer(new CtcModel(SpeechEncoder.Create(SmallEncoders.All[layout], 1), vocabulary.Size), vocabulary))
            ModelFolder.SaveRecognizer(folder.Path, made);
        using var trained = ModelFolder.LoadRecognizer(folder.Path);
        using var frozen = ModelFolder.LoadRecognizer(folder.Path, precision: precision);
        var random = new Random(1);
        ReadOnlyMemory<short>[] clips = [.. new[] { 16_000, 9_600 }.Select(n => (ReadOnlyMemory<short>)
            Enumerable.Range(0, n).Select(_ => (short)random.Next(-3000, 3000)).ToArray())];
        using var exact = new AcousticModel(trained.Model);
        using var rounded = new AcousticModel(frozen.Model);
        foreach (var (expected, found) in exact.Run(clips).Zip(rounded.Run(clips)))
        {
            Assert.Equal(expected.LogProbabilities.Length, found.LogProbabilities.Length);
            var worst = expected.LogProbabilities.Zip(found.LogProbabilities, (a, b) => Math.Abs(a - b)).Max();
            Assert.InRange(worst, 0, limit * expected.LogProbabilities.Max(Math.Abs));
        }
    }

    [Fact]
    public void Weights_are_held_once_and_in_the_smaller_type()
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using (var made = new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, 1), vocabulary.Size), vocabulary))
            ModelFolder.SaveRecognizer(folder.Path, made);
        using var trained = ModelFolder.LoadRecognizer(folder.Path);
        using var frozen = ModelFolder.LoadRecognizer(folder.Path, precision: Precision.BFloat16);
        Assert.Equal(Precision.BFloat16, frozen.Model.Precision);
        var floats = frozen.Model.state_dict().Values.Sum(t => t.numel());
        Assert.InRange(floats, 1, trained.Model.state_dict().Values.Sum(t => t.numel()) / 5);
        var (all, left) = (trained.Model.parameters().Sum(p => p.numel()), frozen.Model.parameters().Sum(p => p.numel()));
        Assert.Equal(4 * all, trained.WeightBytes);
        Assert.Equal(4 * left + 2 * (all - left), frozen.WeightBytes);
    }

    public static TheoryData<string, Precision> LayoutsAndTypes =>
        new(SmallEncoders.All.Keys.SelectMany(layout => Enum.GetValues<Precision>().Select(type => (layout, type))));

    /// <summary>Without the garbage collector's help: a swap frees the former model's weights at once.</summary>
    [Theory]
    [MemberData(nameof(LayoutsAndTypes))]
    public void A_disposed_recognizer_leaves_no_tensor(string layout, Precision precision)
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        using (var made = new Recognizer(new CtcModel(SpeechEncoder.Create(SmallEncoders.All[layout], 1), vocabulary.Size), vocabulary))
            ModelFolder.SaveRecognizer(folder.Path, made);
        Use();
        GC.Collect(); // what tests before this one left to it
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        var parameters = Use();
        Assert.InRange(Tensor.TotalCount - before, 0, parameters); // TorchSharp counts for ever the tensor that a Parameter is made of

        int Use()
        {
            using var trained = ModelFolder.LoadRecognizer(folder.Path);
            using var recognizer = ModelFolder.LoadRecognizer(folder.Path, precision: precision);
            recognizer.Transcribe([new short[16_000], new short[9_600]]);
            var names = trained.Model.named_parameters().Select(p => p.name).ToArray();
            return names.Length + names.Union(recognizer.Model.named_parameters().Select(p => p.name)).Count();
        }
    }
}
