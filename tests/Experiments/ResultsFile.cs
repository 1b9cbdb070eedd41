using System.Text.Json;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Experiments;

/// <summary>The figures of an experiment, one JSON object a condition, kept as soon as they are known: a run that was killed goes on behind them, and what was measured with other defaults is measured anew.</summary>
sealed class ResultsFile
{
    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    readonly string path;
    readonly string variation;
    readonly IReadOnlyList<string> only;

    /// <param name="variation">Begins the name of every condition that is measured.</param>
    /// <param name="only">Conditions whose names hold none of these are passed over; empty: none is.</param>
    /// <exception cref="InvalidDataException">The file is not what this class writes.</exception>
    public ResultsFile(string path, string variation = "", IReadOnlyList<string>? only = null)
    {
        (this.path, this.variation, this.only) = (path, variation, only ?? []);
        try
        {
            Measured = File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, Measurement>>(File.ReadAllBytes(path), Indented)! : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}");
        }
    }

    /// <summary>By condition.</summary>
    public SortedDictionary<string, Measurement> Measured { get; }

    /// <summary>Measures a condition, unless it was measured before with today's defaults.</summary>
    public void Measure(string condition, Func<Dictionary<string, double>> measure)
    {
        condition = variation + condition;
        if (Measured.TryGetValue(condition, out var before) && before.IsOfToday || only.Count > 0 && !only.Any(part => condition.Contains(part, StringComparison.OrdinalIgnoreCase)))
            return;
        var figures = measure().ToDictionary(f => f.Key, f => Math.Round(f.Value, 4));
        Measured[condition] = new Measurement(figures, Recipe.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(Measured, Indented));
        Console.WriteLine($"{condition}: {string.Join(", ", figures.Select(f => FormattableString.Invariant($"{f.Key} {f.Value}")))}");
    }
}
