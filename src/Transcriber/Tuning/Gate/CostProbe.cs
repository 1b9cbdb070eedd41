using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>
/// Time and memory of a candidate as multiples of the champion's. The two take turns, and the fastest turn of each counts: what else runs
/// on the machine only ever adds time.
/// </summary>
/// <param name="Time">Null: there is nothing to transcribe.</param>
/// <param name="Memory">Of the weights; null: unknown.</param>
readonly record struct CostProbe(double? Time, double? Memory)
{
    const int Turns = 5;
    const double AudioSeconds = 10;
    static readonly TimeSpan Resolution = TimeSpan.FromMicroseconds(100);

    public static CostProbe Of(
        GateSubject candidate, GateSubject champion, IReadOnlyList<LabelledUtterance> recordings, CancellationToken ct)
    {
        var clips = LengthBatches.Of(recordings, AudioSeconds).FirstOrDefault()?.Select(u => u.Samples).ToArray() ?? [];
        var (own, others) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var turn = 0; turn < Turns; turn++)
        {
            ct.ThrowIfCancellationRequested();
            others = Faster(others, champion.Transcribe);
            own = Faster(own, candidate.Transcribe);
        }
        return new CostProbe(
            clips.Length > 0 ? (own + Resolution) / (others + Resolution) : null,
            candidate.WeightBytes > 0 && champion.WeightBytes > 0 ? candidate.WeightBytes / (double)champion.WeightBytes : null);

        TimeSpan Faster(TimeSpan before, Transcribe transcribe)
        {
            var started = ComputeTime.Now;
            if (clips.Length > 0)
                transcribe(clips, TextReading.Words);
            return ComputeTime.Now - started is var took && took < before ? took : before;
        }
    }
}
