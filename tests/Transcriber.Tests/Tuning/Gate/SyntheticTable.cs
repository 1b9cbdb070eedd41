using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

/// <summary>
/// Sentences of one to eight words, and what recognizers of a given character error make of them: letters are replaced, left out and put
/// in; a recording is as hard for one as for the other; three in a hundred are not understood at all.
/// </summary>
sealed class SyntheticTable
{
    const string Letters = "eeeeeeettttaaaoooiinnsshhrrdlucmwfgypbvk";

    readonly Random random;
    readonly double[] hardness;

    public SyntheticTable(int recordings, int seed, Func<int, string?>? speakerOf = null, Func<int, string?>? domainOf = null)
    {
        random = new Random(seed);
        Recordings = [.. Enumerable.Range(0, recordings).Select(n =>
            HeardTexts.Said(Sentence(), n, speakerOf?.Invoke(n), domainOf?.Invoke(n)))];
        hardness = [.. Recordings.Select(_ => 0.4 + 1.2 * random.NextDouble())];
    }

    public IReadOnlyList<LabelledUtterance> Recordings { get; }

    /// <summary>What a recognizer with this character error hears; at each call another one, as with another seed.</summary>
    public string[] Heard(Func<int, double> characterError) => [.. Recordings.Select((recording, i) =>
        random.NextDouble() < 0.03 ? "" : Corrupted(recording.Text, Math.Min(0.95, characterError(i) * hardness[i])))];

    public string[] Heard(double characterError) => Heard(_ => characterError);

    string Sentence() => string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
        new string([.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => Letter())])));

    string Corrupted(string text, double error) => string.Concat(text.Select(letter => random.NextDouble() >= error ? $"{letter}"
        : random.Next(4) switch { 0 => "", 1 => $"{letter}{Letter()}", _ => $"{Letter()}" }));

    char Letter() => Letters[random.Next(Letters.Length)];
}
