using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Which line is tuned next: that whose error fell most in its last round, a new one before all others; but none waits for more than
/// <see cref="MaxWait"/> rounds of others. A line is due when there is an encoder, or many labels, that it was not tuned with, and again
/// while nothing serves because its rounds have not got above chance. Used by one thread.
/// </summary>
sealed class LineSchedule(ModelRegistry registry)
{
    public const int MaxWait = 3; // rounds
    const int MaxFirstRounds = 5; // with one encoder, while nothing serves: a broken encoder stays broken
    const double Growth = 1.25; // of the audio to train on, for another round with the same encoder

    readonly Dictionary<string, State> states = new(StringComparer.Ordinal);

    /// <returns>The labelled set of that line; null: none is due.</returns>
    public LabelledSet? Next(int encoder, IReadOnlyList<LabelledSet> sets)
    {
        var due = Due(encoder, sets);
        return due.Where(s => Of(s.Line).Waited >= MaxWait).MaxBy(s => Of(s.Line).Waited) ?? due.MaxBy(s => Of(s.Line).Fall);
    }

    /// <summary>A line has had its round with an encoder, whatever came of it.</summary>
    public void Done(LabelledSet tuned, int encoder, IReadOnlyList<LabelledSet> sets)
    {
        foreach (var waiting in Due(encoder, sets).Where(s => s.Line != tuned.Line))
            states[waiting.Line] = Of(waiting.Line) with { Waited = Of(waiting.Line).Waited + 1 };
        var (last, before) = (LastOf(tuned.Line), Of(tuned.Line));
        var rounds = before.Encoder == encoder ? before.Rounds + 1 : 1;
        states[tuned.Line] = new State(encoder, Waited: 0, last is null ? 0 : FallOf(last), tuned.TrainSeconds)
        {
            Rounds = rounds,
            GoesOn = rounds < MaxFirstRounds && last is not null && NeedsMore(last, tuned.Line),
        };
    }

    LabelledSet[] Due(int encoder, IReadOnlyList<LabelledSet> sets) =>
        [.. sets.Where(s => encoder > 0 && s.Unusable is null && (encoder > Of(s.Line).Encoder || Of(s.Line).GoesOn || HasGrown(s)))];

    bool HasGrown(LabelledSet set)
    {
        if (Of(set.Line).TrainSeconds is { } before)
            return set.TrainSeconds > Growth * before;
        states[set.Line] = Of(set.Line) with { TrainSeconds = set.TrainSeconds }; // after a restart: taken to be what it was tuned on
        return false;
    }

    State Of(string line)
    {
        if (states.TryGetValue(line, out var state))
            return state;
        var last = LastOf(line);
        return states[line] = last is null ? State.New
            : new State(last.EncoderNumber ?? 0, registry.Newest(ModelKind.Recognizer)!.Number - last.Number, FallOf(last), null)
            {
                GoesOn = NeedsMore(last, line),
            };
    }

    /// <summary>Whether nothing serves, and the last round ended too early.</summary>
    bool NeedsMore(ModelManifest last, string line) =>
        last.Gate is { Verdict: GateVerdicts.Broken } && !registry.Aliases().ContainsKey(ModelId.KeyOf(line, ModelId.Champion));

    ModelManifest? LastOf(string line) => registry.Newest(ModelKind.Recognizer, m => m.IsOf(line));

    /// <summary>By how much the character error of the line's last candidate was lower than the champion's.</summary>
    static double FallOf(ModelManifest last) =>
        last.RecognizerScores is { } scores ? (scores.ChampionCharacterErrorRate ?? 1) - scores.CharacterErrorRate : 0;

    /// <param name="Encoder">That it was tuned with last; 0: none.</param>
    /// <param name="Waited">Rounds of other lines while it was due.</param>
    /// <param name="TrainSeconds">Labelled audio of its last round; null: not known.</param>
    sealed record State(int Encoder, int Waited, double Fall, double? TrainSeconds)
    {
        /// <summary>With that encoder, since the start.</summary>
        public int Rounds { get; init; }
        /// <summary>Whether the next round follows at once.</summary>
        public bool GoesOn { get; init; }
        public static State New { get; } = new(0, 0, double.PositiveInfinity, null);
    }
}
