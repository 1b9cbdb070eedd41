using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.Augmentation;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Features of each utterance at each speed; 75 MB for 13 minutes of labels at three speeds. Used by one thread.</summary>
sealed class FeatureCache(FeatureExtractor extractor, SpeechAugmentation augmentation) : IDisposable
{
    const double MaxSeconds = 2 * 3600; // 230 MB of log-mel; what exceeds it is computed at each use

    readonly Dictionary<(int Utterance, int Speed), Tensor> features = [];
    double seconds;

    /// <returns>[T, C], or [S] of a waveform; owned by the cache, or by the caller's dispose scope if the cache is full.</returns>
    public Tensor Of(IReadOnlyList<LabelledUtterance> utterances, int utterance, int speed)
    {
        if (features.TryGetValue((utterance, speed), out var found))
            return found;
        var samples = augmentation.OfWaveform(utterances[utterance].Samples, speed);
        var made = extractor.Extract(samples);
        seconds += AudioFormat.SecondsOf(samples.Length);
        if (seconds <= MaxSeconds)
            features.Add((utterance, speed), made.DetachFromDisposeScope());
        return made;
    }

    /// <summary>Empties the cache.</summary>
    public void Dispose()
    {
        foreach (var tensor in features.Values)
            tensor.Dispose();
        features.Clear();
        seconds = 0;
    }
}
