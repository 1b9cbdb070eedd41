using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;
using TorchSharp;

namespace Ssl.Transcriber.Tests.Tuning.FineTuning;

/// <summary>On one thread, with dropout, masks, changes of speed, splices, pieces, and validation.</summary>
public sealed class ResumedFineTuningTests : IDisposable
{
    const int Updates = 40;
    static readonly FineTuningRecipe Recipe = Tones.Recipe with
    {
        BatchAudioSeconds = 3,
        Dropout = 0.1,
        ChannelMasks = 2,
        TimeMaskStarts = 0.05,
        SpliceAfterUses = 1,
        WordsBelowLoss = 3,
        PieceSeconds = 0.5,
    };
    static readonly TrainingSet Train =
        new(Tones.Utterances(20, seed: 1), [.. Tones.Utterances(6, seed: 5).Select(WithWords)], TrueShare: 0.5)
        {
            Validation = Tones.Utterances(5, seed: 3),
        };

    readonly TemporaryFolder folder = new();
    readonly CancellationToken ct = TestContext.Current.CancellationToken;

    public ResumedFineTuningTests() => TorchRuntime.UseThreads(1);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false, 1, new[] { 1, 7, 8, 23, 39 })]
    [InlineData(true, 1, new[] { 2, 20, 33 })]
    [InlineData(false, 0.15, new[] { 5, 17, 26 })] // the validation loss ends the constant rate, and the fine-tuning
    public void A_fine_tuning_that_was_ended_again_and_again_ends_with_the_same_weights_bit_for_bit(
        bool isWarm, double patience, int[] ends)
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var former = isWarm ? new FormerRecognizer(Run(encoder, null, null, ct).Recognizer, encoder) : null;
        var whole = Run(encoder, former, null, ct, patience: patience);
        Assert.Equal(patience < 1 ? FineTuningEnd.Settled : FineTuningEnd.Planned, whole.Ended);
        foreach (var end in ends)
        {
            torch.manual_seed(end); // another process has other random numbers
            using var killed = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(
                () => Run(encoder, former, Checkpoints(), killed.Token, now => Cancel(now, end, killed), patience));
        }
        var updates = new List<int>();
        var resumed = Run(encoder, former, Checkpoints(), ct, now => updates.Add(now.Updates), patience);
        Assert.Equal(ends[^1] + 1, updates[0]);
        Assert.Equal(whole.Updates, updates[^1]);
        Assert.Equal((whole.Updates, whole.Ended, whole.AudioSeconds, whole.Loss, whole.ValidationLoss),
            (resumed.Updates, resumed.Ended, resumed.AudioSeconds, resumed.Loss, resumed.ValidationLoss));
        var expected = whole.Recognizer.Model.state_dict();
        Assert.All(resumed.Recognizer.Model.state_dict(), t => Assert.True(t.Value.equal(expected[t.Key]).all().item<bool>(), t.Key));
        whole.Recognizer.Dispose();
        resumed.Recognizer.Dispose();
        former?.Recognizer.Dispose();
    }

    [Fact]
    public void A_finished_fine_tuning_is_not_trained_again_after_a_kill_while_it_was_scored()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        Run(encoder, null, Checkpoints(), ct).Recognizer.Dispose();
        var outcome = Run(encoder, null, Checkpoints(), ct, _ => Assert.Fail("an update"));
        Assert.Equal((Updates, FineTuningEnd.Planned), (outcome.Updates, outcome.Ended));
        outcome.Recognizer.Dispose();
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("state.json")]
    public void A_damaged_checkpoint_is_passed_over(string file)
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        foreach (var end in new[] { 3, 6 })
        {
            using var killed = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(
                () => Run(encoder, null, Checkpoints(), killed.Token, now => Cancel(now, end, killed)));
        }
        var newest = Directory.GetDirectories(folder.Path).Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(Path.Combine(newest, file));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Path.Combine(newest, file), bytes);
        Assert.Equal(3, Checkpoints().Newest()!.Value.State.Updates);
    }

    [Fact]
    public void A_checkpoint_that_is_damaged_or_of_another_fine_tuning_is_not_in_the_way_of_the_next()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        foreach (var later in new[] { 200, 300 })
        {
            Checkpoints().Save(new FineTuningState { Updates = later, Tokens = ["of another vocabulary"] },
                path => File.WriteAllText(Path.Combine(path, "model.safetensors"), "other"));
        }
        Interrupt(3);
        Assert.Equal(3, Checkpoints().Newest()?.State.Updates);
        foreach (var later in new[] { 200, 300 })
            Directory.CreateDirectory(folder.File($"update-0000000{later}")); // without what it holds
        Interrupt(6);
        Assert.Equal(6, Checkpoints().Newest()?.State.Updates);
        Assert.Equal(["update-0000000003", "update-0000000006"],
            Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        void Interrupt(int end)
        {
            using var killed = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(
                () => Run(encoder, null, Checkpoints(), killed.Token, now => Cancel(now, end, killed)));
        }
    }

    [Fact]
    public void A_disk_that_takes_no_checkpoint_does_not_end_it()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var (file, log) = (folder.File("file"), new RememberedLog());
        File.WriteAllText(file, "where the folder would be");
        var outcome = Run(encoder, null, new FineTuningCheckpoints(file, TimeProvider.System, log.CreateLogger("test")), ct);
        outcome.Recognizer.Dispose();
        Assert.Equal(Updates, outcome.Updates);
        Assert.Contains(log.Lines, l => l.Contains("The round cannot be saved", StringComparison.Ordinal));
    }

    [Fact]
    public void Leaves_no_tensor_behind()
    {
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        Interrupted();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Interrupted();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Interrupted()
        {
            using var killed = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(
                () => Run(encoder, null, Checkpoints(), killed.Token, now => Cancel(now, 9, killed)));
            Run(encoder, null, Checkpoints(), ct).Recognizer.Dispose();
            foreach (var checkpoint in Directory.GetDirectories(folder.Path))
                Directory.Delete(checkpoint, recursive: true);
        }
    }

    /// <summary>As another process would open them.</summary>
    FineTuningCheckpoints Checkpoints() => new(folder.Path, TimeProvider.System, NullLogger.Instance);

    static FineTuningOutcome Run(
        SpeechEncoder encoder, FormerRecognizer? former, FineTuningCheckpoints? checkpoints, CancellationToken ct,
        Action<FineTuningProgress>? onUpdate = null, double patience = 1)
    {
        var rules = new RoundRecipe { ValidationUpdates = 4, Patience = patience };
        var budget = new FineTuningBudget(TimeSpan.FromHours(1), Updates) { Rules = rules };
        return new FineTuner(Recipe, new DecodingRecipe(), seed: 0, TimeProvider.System)
            .Run(encoder, former, Train, budget, onUpdate, checkpoints, ct);
    }

    static void Cancel(FineTuningProgress now, int end, CancellationTokenSource killed)
    {
        if (now.Updates == end)
            killed.Cancel();
    }

    /// <summary>So that the recording is cut at once.</summary>
    static LabelledUtterance WithWords(LabelledUtterance utterance)
    {
        var words = utterance.Text.Split(' ');
        var each = utterance.DurationSeconds / words.Length;
        return utterance with { Words = [.. words.Select((w, i) => new TranscribedWord(w, i * each, (i + 1) * each))] };
    }
}
