using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>A recording of a corpus, decoded.</summary>
sealed record CorpusRecording(LabelledUtterance Utterance, string Speaker, string Split)
{
    public double DurationSeconds => AudioFormat.SecondsOf(Utterance.Samples.Length);
}
