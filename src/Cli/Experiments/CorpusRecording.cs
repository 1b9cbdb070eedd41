using Ssl.Shared.Contracts;
using Ssl.Shared.Labels;

namespace Ssl.Cli.Experiments;

/// <summary>A recording of a corpus, decoded.</summary>
sealed record CorpusRecording(LabelledUtterance Utterance, string Speaker, string Split)
{
    public double DurationSeconds => AudioFormat.SecondsOf(Utterance.Samples.Length);
}
