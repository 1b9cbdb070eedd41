using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>The lines of recognizers by name, the default line first, each with the options of its labels.</summary>
sealed record TuningLines(IReadOnlyList<(string Name, LabelOptions Labels)> All)
{
    /// <summary>Null: the line has no settings.</summary>
    public LabelOptions? Of(string name) => All.FirstOrDefault(line => line.Name == name).Labels;

    /// <summary>For people: a line has no settings.</summary>
    public string WhyNot(string name) =>
        $"there is no line '{name}' in the settings (Transcriber:Lines:{name}); there are {string.Join(", ", All.Select(l => l.Name))}";
}
