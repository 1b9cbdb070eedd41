using Ssl.Learner.Health;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using TorchSharp;

namespace Ssl.Learner.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void It_trains_saves_publishes_and_stops_when_told()
    {
        using var run = new TinyRun(TinyRun.Defaults with
        {
            Publishing = TinyRun.AtEveryStep,
            Checkpoints = new() { Every = TimeSpan.FromSeconds(1) }
        });
        run.AddTones();
        var announced = new List<ModelManifest>();
        using (var trainer = run.Start(announced.Add))
            TinyRun.RunUntil(trainer, () => run.Versions.Count >= 2 && trainer.State.Step > 8);
        Assert.Equal(run.Versions.Select(v => v.Number), announced.Select(v => v.Number));
        var (first, second) = (run.Versions[0], run.Versions[1]);
        Assert.Equal((5, 6), (first.Steps, second.Steps)); // health is judged from five steps on
        Assert.Null(first.Parent);
        Assert.Equal(first.Number, second.Parent);
        Assert.Equal([new StreamPosition("audio.segments", 0, 8)], second.Watermark);
        Assert.InRange(second.AudioSecondsTrained, 21, 27);
        Assert.InRange(((EncoderScores)second.Scores!).CodePerplexity, 10, 128);
        Assert.Contains("pretraining.safetensors", second.Files.Keys);
        using var encoder = ModelFolder.LoadEncoder(run.Registry.Open(ModelKind.Encoder, 2, out _)!.Path);
        Assert.Equal(TinyRun.Config, encoder.Config);
        using var resumed = run.Start();
        Assert.True(resumed.State.Step > 8, "the last checkpoint is of the moment of the stop");
        Assert.Equal(run.Versions[^1].Number, resumed.State.ParentVersion);
    }

    [Fact]
    public void Without_enough_audio_it_waits_and_goes_on_when_there_is()
    {
        using var run = new TinyRun();
        using var trainer = run.Start();
        using var add = new Timer(_ => run.AddTones(), null, 300, Timeout.Infinite);
        TinyRun.RunUntil(trainer, () => trainer.State.Step >= 2);
        Assert.True(trainer.State.TrainingTime < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_poisoned_weight_sends_training_back_and_is_never_published()
    {
        using var run = new TinyRun(TinyRun.Defaults with { Publishing = TinyRun.AtEveryStep });
        run.AddTones();
        using var trainer = run.Start();
        run.Checkpoints.Save(trainer.State, trainer.Weights);
        for (var step = 0; step < 6; step++)
            trainer.Step();
        run.Checkpoints.Save(trainer.State, trainer.Weights);
        var good = trainer.Step();
        using (torch.no_grad())
            trainer.Weights.Model.Parameters.First().Parameter.fill_(float.NaN);
        Assert.False(trainer.Step().IsFinite);
        Assert.Equal((6, 1), (trainer.State.Step, trainer.State.Rewinds));
        Assert.Empty(run.Versions);
        var again = trainer.Step();
        Assert.True(again.IsFinite);
        Assert.NotEqual(good, again); // other random numbers, or it would meet the same fate
        TinyRun.RunUntil(trainer, () => run.Versions.Count > 0);
        using var published = ModelFolder.LoadEncoder(run.Registry.Open(ModelKind.Encoder, 1, out _)!.Path); // refuses NaN
    }

    [Fact]
    public void When_going_back_does_not_help_it_gives_up()
    {
        using var run = new TinyRun();
        run.AddTones();
        using var trainer = run.Start();
        run.Checkpoints.Save(trainer.State, trainer.Weights);
        Assert.Throws<InvalidDataException>(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                using (torch.no_grad())
                    trainer.Weights.Model.Parameters.First().Parameter.fill_(float.NaN);
                trainer.Step();
            }
        });
    }

    [Fact]
    public void A_collapsed_quantiser_keeps_a_version_from_being_published()
    {
        using var run = new TinyRun(
            TinyRun.Defaults with
            {
                Publishing = TinyRun.AtEveryStep,
                Training = new() { LearningRate = 0 }
            },
            TinyRun.DefaultRecipe with { DiversityWeight = 0 });
        run.AddTones();
        using var trainer = run.Start();
        using (torch.no_grad())
            foreach (var (name, parameter) in trainer.Weights.Model.Parameters.Where(p =>
                p.Name.StartsWith("quantizer.weight_proj", StringComparison.Ordinal)))
                parameter.zero_(); // every frame chooses code 0
        TinyRun.RunUntil(trainer, () => trainer.State.Step >= 12);
        Assert.Equal(HealthState.Collapsed, trainer.State.Health);
        Assert.Empty(run.Versions);
    }

    [Fact]
    public void A_learner_that_was_replaced_publishes_nothing()
    {
        using var run = new TinyRun(TinyRun.Defaults with { Publishing = TinyRun.AtEveryStep });
        run.AddTones();
        using var trainer = run.Start();
        run.Registry.AcquireEpoch("learner");
        Assert.Throws<StaleEpochException>(() => trainer.Run(_ => false, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token));
        Assert.Empty(run.Versions);
    }

    [Fact]
    public async Task The_training_thread_is_its_own_and_hands_on_what_is_thrown()
    {
        await ComputeThread.RunAsync("test", () => Assert.False(Thread.CurrentThread.IsThreadPoolThread), 1, 0);
        await Assert.ThrowsAsync<InvalidDataException>(() => ComputeThread.RunAsync("test", () => throw new InvalidDataException(), 1, 0));
    }
}
