using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Promotion;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

public sealed class UnfinishedRoundTests : IDisposable
{
    const int Updates = 8;
    readonly TestRegistry test = new();
    readonly WriterEpoch epoch;
    readonly CancellationToken ct = TestContext.Current.CancellationToken;

    public UnfinishedRoundTests()
    {
        TorchRuntime.UseThreads(1);
        epoch = test.Registry.AcquireEpoch("transcriber");
        test.Restart(updates: Updates);
    }

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_round_that_was_interrupted_goes_on_in_another_process_with_its_pseudo_labels()
    {
        var encoder = test.PublishEncoder();
        test.Stream = Tones.Utterances(10, seed: 3);
        test.PublishTrained(epoch);
        var pseudoLabels = Interrupt(encoder, update: 5);
        Assert.Equal("interrupted", RoundStatus.Read(test.Registry)!.Ended);
        test.Stream = [];
        test.Restart(updates: Updates);
        var order = test.Round.Unfinished(encoder, [test.Labels])!;
        Assert.Equal(encoder, order.Encoder);
        Assert.Equal(RoundResult.Published, Run(order));
        var manifest = test.Registry.Newest(ModelKind.Recognizer)!;
        Assert.Equal(Updates, manifest.RecognizerScores!.FineTuningUpdates);
        Assert.True(pseudoLabels > 0);
        Assert.Equal(pseudoLabels, manifest.RecognizerScores.PseudoLabelSeconds, 1e-6);
        Assert.Null(test.Store.Peek());
        Assert.Null(test.Round.Unfinished(encoder, [test.Labels]));
        var status = RoundStatus.Read(test.Registry)!;
        Assert.Equal(("planned", Updates, encoder), (status.Ended, status.Updates, status.Encoder));
    }

    [Theory]
    [InlineData("nothing", true)]
    [InlineData("another label", false)]
    [InlineData("a corrected label", false)]
    [InlineData("a recording of the gate", false)]
    [InlineData("a recording of the hidden gate", false)]
    [InlineData("a recording of another line's gate", false)]
    [InlineData("a version of the line", false)]
    [InlineData("an encoder, with little done", false)]
    [InlineData("an encoder, with much done", true)]
    public void An_unfinished_round_goes_on_only_where_it_would_begin_with_the_same(string news, bool goesOn)
    {
        var encoder = test.PublishEncoder();
        test.PublishChampion(epoch);
        Interrupt(encoder, update: news.EndsWith("little done", StringComparison.Ordinal) ? 1 : 5);
        var labels = news switch
        {
            "another label" => test.Labels with { Train = Tones.Utterances(9, seed: 1) },
            "a corrected label" => test.Labels with { Train = [test.Labels.Train[0] with { Text = "a" }, .. test.Labels.Train.Skip(1)] },
            "a recording of the gate" => test.Labels with { HeldOut = Tones.Utterances(7, seed: 2) },
            "a recording of the hidden gate" => test.Labels with { HiddenGate = Tones.Utterances(1, seed: 4) },
            "a recording of another line's gate" => test.Labels with { HeldOutElsewhere = Tones.Utterances(1, seed: 4) },
            _ => test.Labels,
        };
        if (news == "a version of the line")
            test.PublishCandidate(epoch, seed: 3, encoder);
        var newest = news.StartsWith("an encoder", StringComparison.Ordinal) ? test.PublishEncoder(parent: encoder) : encoder;
        test.Restart(updates: Updates);
        Assert.Equal(goesOn ? encoder : null, test.Round.Unfinished(newest, [labels])?.Encoder);
        Assert.Equal(goesOn, test.Store.Peek() is not null);
    }

    [Fact]
    public void A_round_is_given_up_for_a_newer_encoder_but_not_twice_in_a_row_and_not_the_first()
    {
        var encoder = test.PublishEncoder();
        Assert.Equal(RoundResult.Published, Run(Overtaken(encoder))); // the first
        Assert.Equal(RoundResult.GivenUp, Run(Overtaken(encoder)));
        Assert.Equal("overtaken", RoundStatus.Read(test.Registry)!.Ended);
        Assert.Single(test.Registry.List(ModelKind.Recognizer));
        Assert.Null(test.Store.Peek());
        Assert.Equal(RoundResult.Published, Run(Overtaken(encoder)));
        Assert.Equal(RoundResult.GivenUp, Run(Overtaken(encoder)));
    }

    [Fact]
    public void A_round_of_which_much_is_done_is_not_given_up()
    {
        var encoder = test.PublishEncoder();
        test.PublishChampion(epoch);
        var updates = 0;
        var order = new RoundOrder(encoder, test.Labels) { NewestEncoder = () => encoder + (++updates >= Updates / 4 ? 1 : 0) };
        Assert.Equal(RoundResult.Published, Run(order));
    }

    [Fact]
    public void A_round_of_which_much_of_the_time_is_over_is_not_given_up()
    {
        var plan = new RoundPlan(new FineTuningOptions(), Tones.Recipe, new RoundRecipe());
        var last = test.Registry.Find(ModelKind.Recognizer, test.PublishChampion(epoch));
        var budget = plan.BudgetAfter(last);
        var identity = plan.IdentityOf(new RoundOrder(1, test.Labels), last, budget);
        Assert.True(plan.IsGivenUp(identity, budget, updates: 1, budget.Time / 10));
        Assert.False(plan.IsGivenUp(identity, budget, updates: 1, budget.Time / 2));
    }

    [Fact]
    public void A_round_whose_files_cannot_be_removed_is_published_and_saves_no_checkpoints()
    {
        const int longest = 4080; // of 4,095 letters that Linux allows: the name to move the folder in it to is too long, for root too
        var path = test.DataPath;
        while (path.Length < longest - 200)
            path = Path.Combine(path, new string('a', 99));
        path = Path.Combine(path, new string('a', longest - path.Length - 1));
        path = Directory.CreateDirectory(Path.Combine(path, "round")).FullName;
        var encoder = test.PublishEncoder();
        test.Restart(updates: Updates, roundFolder: path);
        Assert.False(test.Store.Clear());
        Assert.Equal(RoundResult.Published, Run(new RoundOrder(encoder, test.Labels)));
        Assert.Null(test.Store.Peek());
    }

    [Fact]
    public void What_a_kill_left_while_a_round_was_removed_goes_with_the_next_look()
    {
        var left = Directory.CreateDirectory(Path.Combine(test.DataPath, ".tmp-0123")).FullName;
        Assert.Null(test.Store.Peek());
        Assert.False(Directory.Exists(left));
    }

    static RoundOrder Overtaken(int encoder, LabelledSet labels) => new(encoder, labels) { NewestEncoder = () => encoder + 1 };

    RoundOrder Overtaken(int encoder) => Overtaken(encoder, test.Labels);

    RoundResult Run(RoundOrder order) => test.Round.Run(order, epoch, () => { }, ct);

    /// <returns>Audio with pseudo-labels.</returns>
    double Interrupt(int encoder, int update)
    {
        using var ending = new CancellationTokenSource();
        var updates = 0;
        var order = new RoundOrder(encoder, test.Labels)
        {
            NewestEncoder = () => // asked after each update
            {
                if (++updates == update)
                    ending.Cancel();
                return encoder;
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => test.Round.Run(order, epoch, () => { }, ending.Token));
        var (identity, done, _) = test.Store.Peek()!.Value;
        Assert.Equal(update, done);
        return test.Store.Resume(identity)!.Value.PseudoLabels?.Kept.Sum(u => u.DurationSeconds) ?? 0;
    }
}
