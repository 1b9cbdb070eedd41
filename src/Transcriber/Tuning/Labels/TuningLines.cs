using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>The lines of recognizers by name, the default line first, each with the options of its labels.</summary>
sealed record TuningLines(IReadOnlyList<(string Name, LabelOptions Labels)> All)
{
    public LabelOptions? Of(string name) => All.FirstOrDefault(line => line.Name == name).Labels;
}
