namespace Ssl.Experiments;

/// <summary>A question that a linear probe answers about recordings.</summary>
/// <param name="Targets">Of each recording: an indicator of its class, or one number. [N][K]</param>
/// <param name="Train">Indices of the recordings to learn from.</param>
/// <param name="Test">Indices of those to be scored on.</param>
sealed record ProbeTask(string Name, IReadOnlyList<CorpusRecording> Recordings, double[][] Targets, int[] Train, int[] Test)
{
    const int Speakers = 40; // of 20 recordings each
    const int RecordingsAReader = 20; // of 28 to learn from, 4 to be scored on

    /// <summary>Accuracy of a class, the coefficient of determination (R²) of a number.</summary>
    public double Score(double[][] truth, double[][] predicted)
    {
        if (truth[0].Length > 1)
            return truth.Zip(predicted, (t, p) => Array.IndexOf(t, 1.0) == Array.IndexOf(p, p.Max()) ? 1.0 : 0).Average();
        var mean = truth.Average(t => t[0]);
        return 1 - truth.Zip(predicted, (t, p) => (t[0] - p[0]) * (t[0] - p[0])).Sum() / truth.Sum(t => (t[0] - mean) * (t[0] - mean));
    }

    /// <summary>The corpora that the tasks take their recordings from, as much of them as is used.</summary>
    public static IReadOnlyDictionary<string, SpeechCorpus> Corpora(string data) => new Dictionary<string, SpeechCorpus>
    {
        ["digits"] = new(data, "digits", int.MaxValue),
        ["read-speech"] = new(data, "read-speech", RecordingsAReader),
        ["accented-english"] = new(data, "accented-english", int.MaxValue, Speakers),
    };

    public static IReadOnlyList<ProbeTask> All(IReadOnlyDictionary<string, SpeechCorpus> corpora, int seed)
    {
        var (digits, readers) = (corpora["digits"], corpora["read-speech"]);
        var byHalves = Shuffled(corpora["accented-english"].Recordings, seed);
        CorpusRecording[] digit = [.. Shuffled(digits.Split("train"), seed), .. digits.Split("test")];
        var heard = Shuffled(readers.Split("train"), seed);
        CorpusRecording[] rate = [.. heard, .. readers.Split("test")];
        return
        [
            Classes("speaker (accuracy)", byHalves, r => r.Speaker, byHalves.Length / 2),
            Classes("digit, unheard voice (accuracy)", digit, r => r.Utterance.Text, digits.Split("train").Count),
            new("letters a second, unheard readers (R²)", rate, [.. rate.Select(r => new[] { LettersASecond(r) })],
                [.. Enumerable.Range(0, heard.Length)], [.. Enumerable.Range(heard.Length, rate.Length - heard.Length)]),
        ];
    }

    static ProbeTask Classes(string name, CorpusRecording[] recordings, Func<CorpusRecording, string> classOf, int training)
    {
        string[] classes = [.. recordings.Select(classOf).Distinct().Order(StringComparer.Ordinal)];
        double[] Indicator(string label) => [.. classes.Select(c => c == label ? 1.0 : 0)];
        return new(name, recordings, [.. recordings.Select(r => Indicator(classOf(r)))],
            [.. Enumerable.Range(0, training)], [.. Enumerable.Range(training, recordings.Length - training)]);
    }

    static double LettersASecond(CorpusRecording recording) => recording.Utterance.Text.Count(char.IsLetter) / recording.DurationSeconds;

    static CorpusRecording[] Shuffled(IEnumerable<CorpusRecording> recordings, int seed)
    {
        CorpusRecording[] shuffled = [.. recordings];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}
