using System.Text.Json;
using System.Text.Json.Serialization;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Experiments;

/// <summary>The figures of an experiment as JSON, written after each trial, so that an experiment can be stopped at any time.</summary>
sealed class ResultsFile
{
    static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    readonly string path;
    readonly SortedDictionary<Condition, Measurement> measured;

    /// <exception cref="InvalidDataException">The file is not what this class writes.</exception>
    public ResultsFile(string folder, string experiment)
    {
        path = Path.Combine(folder, $"{experiment}.json");
        try
        {
            var stored = File.Exists(path) ? JsonSerializer.Deserialize<Measurement[]>(File.ReadAllBytes(path), Format)! : [];
            measured = new(stored.ToDictionary(m => m.Condition));
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {e.Message}");
        }
    }

    /// <summary>In the order of their conditions.</summary>
    public IReadOnlyCollection<Measurement> Measured => measured.Values;

    /// <summary>Measures a trial, unless its figures are stored and were made with the same recipes and data.</summary>
    public void Measure(Trial trial)
    {
        if (measured.TryGetValue(trial.Condition, out var before) && before.Recipes.GivesAllOf(trial.Recipes))
            return;
        var figures = trial.Measure().Rounded();
        measured[trial.Condition] = new Measurement(trial.Condition, trial.Recipes, figures);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(measured.Values, Format));
        var scores = figures.HeldOut.Select(
            part => FormattableString.Invariant($"{part.Key} CER {part.Value.Cer}, with n-grams {part.Value.NGramCer}"));
        Console.WriteLine($"{trial.Condition}, seed {trial.Condition.Seed}: {string.Join("; ", scores)}");
    }
}
