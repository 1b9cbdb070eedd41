using System.Runtime.InteropServices;
using Ssl.Learner;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Files;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Experiments;

/// <summary>
/// Pretrains on recordings as the Learner does on a stream: the same store, batches, step, weight average and checkpoints. It ends
/// after a number of hours heard, and continues from its last checkpoint when it was stopped.
/// </summary>
/// <param name="folder">Keeps the store, the checkpoints and the encoders.</param>
/// <param name="scale">Factor of the hours that are really trained; 1 but in a smoke test.</param>
sealed class PretrainingRun(
    string folder, LearnerOptions options, PretrainingRecipe recipe, Func<IReadOnlyList<CorpusRecording>> recordings, double scale,
    ILoggerFactory loggers)
{
    const double SlackHours = 0.1;
    static readonly TimeSpan Never = TimeSpan.FromDays(365);

    /// <summary>Folders of the encoders after these hours heard, ascending; trained where they do not exist yet.</summary>
    public IReadOnlyList<string> Encoders(IReadOnlyList<double> hours, CancellationToken ct)
    {
        if (hours.Any(h => !Directory.Exists(FolderOf(h))))
            Train(hours, ct);
        return [.. hours.Select(FolderOf)];
    }

    string FolderOf(double hours) => Path.Combine(folder, FormattableString.Invariant($"encoder-{hours:0.###}h"));

    void Train(IReadOnlyList<double> hours, CancellationToken ct)
    {
        var kept = options with
        {
            DataPath = folder,
            Publishing = new PublishingOptions { FirstAfter = Never, Every = Never },
        };
        using var store = new ReplayStore(kept.ReplayPath, kept.Replay, TimeProvider.System);
        Fill(store);
        var registry = new ModelRegistry(
            new RegistryOptions { Path = Path.Combine(folder, "registry") }, TimeProvider.System, loggers.CreateLogger<ModelRegistry>());
        var report = new TrainingReport(new LoopHeartbeat(TimeProvider.System), TimeProvider.System, loggers.CreateLogger<Trainer>());
        // All the audio is there from the start: waiting for more would never end.
        var setup = new TrainingSetup(kept, recipe with { MinStoredSeconds = 1 }, registry, report);
        using var trainer = new Trainer(setup, store, published: _ => { });
        foreach (var target in hours.Where(h => !Directory.Exists(FolderOf(h))))
        {
            if (trainer.State.HoursHeard > target * scale + SlackHours)
            {
                throw new InvalidDataException(
                    $"{folder}: has heard {trainer.State.HoursHeard:0.00} h, and that after {target:0.###} h was not kept; delete it");
            }
            trainer.Run(s => s.HoursHeard >= target * scale, ct);
            ct.ThrowIfCancellationRequested();
            AtomicFolder.Write(FolderOf(target), temporary => EncoderPublisher.Write(temporary, trainer.Weights.Average.Model));
        }
    }

    /// <summary>Each speaker's recordings one after the other, cut as Ingest cuts a stream. The store skips those that it has.</summary>
    void Fill(ReplayStore store)
    {
        var offset = 0;
        foreach (var speaker in recordings().GroupBy(r => r.Speaker))
        {
            var cutter = new SilenceCutter();
            var pause = new short[AudioFormat.SampleRateHz / 4];
            foreach (var recording in speaker)
                Append(cutter.Push(recording.Utterance.Samples.Span).Concat(cutter.Push(pause)));
            if (cutter.Flush() is { } last)
                Append([last]);

            void Append(IEnumerable<CutSegment> cuts)
            {
                foreach (var cut in cuts)
                {
                    var pcm = MemoryMarshal.AsBytes(cut.Samples.AsSpan()).ToArray();
                    var segment = new AudioSegment { Id = $"{speaker.Key}/0/0/{cut.Start}", StreamId = speaker.Key, Pcm = pcm };
                    store.Append(segment, partition: 0, offset++);
                }
            }
        }
        store.Flush();
    }
}
