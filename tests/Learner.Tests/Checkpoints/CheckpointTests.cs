using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;

namespace Ssl.Learner.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    readonly TinyRun run = new();

    public CheckpointTests() => run.AddTones();

    public void Dispose() => run.Dispose();

    /// <summary>
    /// A process that is killed after a checkpoint and one that never was draw the same batches, masks, noise and distractors, and end with
    /// the same weights.
    /// </summary>
    [Fact]
    public void A_resumed_run_goes_on_to_the_last_bit()
    {
        using var uninterrupted = run.Start();
        Steps(uninterrupted, 4);
        run.Checkpoints.Save(uninterrupted.State, uninterrupted.Weights);
        var expected = Steps(uninterrupted, 4);

        using var resumed = run.Start();
        Assert.Equal(4, resumed.State.Step);
        Assert.Equivalent(expected, Steps(resumed, 4), strict: true);
        Assert.Equal(uninterrupted.State.AudioSeconds, resumed.State.AudioSeconds);
        using var scope = TorchSharp.torch.NewDisposeScope();
        Assert.All(uninterrupted.Weights.Model.State.Concat(uninterrupted.Weights.Average.Model.State)
            .Zip(resumed.Weights.Model.State.Concat(resumed.Weights.Average.Model.State)),
            pair => Assert.True(pair.First.Tensor.eq(pair.Second.Tensor).all().item<bool>(), pair.First.Name));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("state.json")]
    [InlineData("SHA256SUMS")]
    public void A_damaged_checkpoint_is_passed_over(string file)
    {
        SaveAt(2, 4);
        var path = Path.Combine(run.CheckpointPath, "checkpoint-0000000004", file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var resumed = run.Start();
        Assert.Equal(2, resumed.State.Step);
        Assert.True(Directory.Exists(Path.Combine(run.CheckpointPath, "damaged")));
    }

    [Fact]
    public void A_checkpoint_with_a_missing_file_is_passed_over()
    {
        SaveAt(2, 4);
        File.Delete(Path.Combine(run.CheckpointPath, "checkpoint-0000000004", "average.safetensors"));
        using var resumed = run.Start();
        Assert.Equal(2, resumed.State.Step);
    }

    [Fact]
    public void What_a_killed_save_left_is_no_checkpoint_and_is_removed()
    {
        SaveAt(2);
        Directory.CreateDirectory(Path.Combine(run.CheckpointPath, ".tmp-0123"));
        using var resumed = run.Start();
        Assert.Equal(2, resumed.State.Step);
        Assert.Single(Directory.GetDirectories(run.CheckpointPath));
    }

    [Fact]
    public void The_newest_two_are_kept_and_the_newest_healthy_one()
    {
        using var trainer = run.Start();
        for (var step = 1; step <= 6; step++)
            run.Checkpoints.Save(trainer.State with { Step = step, Health = step <= 2 ? HealthState.Healthy : HealthState.Collapsed },
                trainer.Weights);
        Assert.Equal(["checkpoint-0000000002", "checkpoint-0000000005", "checkpoint-0000000006"],
            Directory.GetDirectories(run.CheckpointPath).Select(Path.GetFileName).Order());
        Assert.Equal(2, run.Checkpoints.Newest(s => s.Health == HealthState.Healthy)!.State.Step);
    }

    [Fact]
    public void The_state_survives_as_it_was()
    {
        using var trainer = run.Start();
        Steps(trainer, 3);
        var state = trainer.State with
        {
            Rewinds = 2,
            ParentVersion = 7,
            PublishedStep = 1,
            PublishedTime = TimeSpan.FromSeconds(1.5),
            Positions = [new("audio.segments", 0, 8)]
        };
        run.Checkpoints.Save(state, trainer.Weights);
        var read = run.Checkpoints.Newest(_ => true)!.State;
        Assert.Equal(state with { Positions = [] }, read with { Positions = [] });
        Assert.Equal(state.Positions, read.Positions);
    }

    void SaveAt(params int[] steps)
    {
        using var trainer = run.Start();
        foreach (var step in steps)
        {
            Steps(trainer, step - (int)trainer.State.Step);
            run.Checkpoints.Save(trainer.State, trainer.Weights);
        }
    }

    static List<StepOutcome> Steps(Ssl.Learner.Training.Trainer trainer, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => trainer.Step())];
}
