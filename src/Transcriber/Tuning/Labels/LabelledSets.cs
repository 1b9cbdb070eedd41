using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>
/// The labelled set of each line: its manifest and its labels of <c>audio.labeled</c>, divided. A part is in the registry before anything
/// is trained with it. Thread-safe.
/// </summary>
sealed class LabelledSets(TuningLines lines, LabelStore store, ModelRegistry registry, ILogger<LabelledSets> logger)
{
    readonly Lock turn = new();
    readonly WaitingLabels waiting = new(lines, store);
    readonly LineSource[] sources = [.. lines.All.Select(line => new LineSource(line.Name, line.Labels, store))];
    IReadOnlyDictionary<string, StoredLabel>? stored; // as of the last reading
    IReadOnlyDictionary<string, StoredLabel>? seen; // by HasSettled
    IReadOnlyList<LabelRefusal>? refusals;
    IReadOnlyList<LabelledSet> sets = [];

    /// <summary>Whether there is anything to learn from.</summary>
    public bool HasLabels => lines.All.Any(line => line.Labels.ManifestPath is not null) || store.Labels.Count > 0;

    /// <summary>All lines in the order of the settings, as manifests and topic are now; unusable ones say why.</summary>
    /// <param name="beat">Called with every sign of life.</param>
    /// <returns>The same instances if nothing has changed.</returns>
    public IReadOnlyList<LabelledSet> Read(Action beat, CancellationToken ct)
    {
        using var _ = turn.EnterScope();
        LineSource[] changed = [.. sources.Where(source => source.Manifest.Read(beat, ct))]; // each is looked at
        foreach (var source in changed)
            logger.LabelProblems([.. source.Manifest.Problems.Select(p => p.ToString())]);
        if (changed.Length > 0 || HasNews)
            Gather(beat, ct);
        return sets;
    }

    /// <summary>
    /// Whether the topic has brought nothing since this was asked last: labels that arrive one after the other are divided together.
    /// </summary>
    public bool HasSettled()
    {
        var before = Interlocked.Exchange(ref seen, store.Labels);
        return ReferenceEquals(before, store.Labels);
    }

    /// <summary>Brings the list in the registry up to date with the topic while a round runs, once no more labels arrive.</summary>
    public void Refresh(CancellationToken ct)
    {
        if (stored is null || !HasNews || !HasSettled() || !turn.TryEnter())
            return;
        try
        {
            Gather(() => { }, ct);
        }
        finally
        {
            turn.Exit();
        }
    }

    /// <summary>Reads manifests and topic while no round runs, once no more labels arrive.</summary>
    public void ReadSettled(CancellationToken ct)
    {
        if (HasSettled())
            Read(() => { }, ct);
    }

    bool HasNews => !ReferenceEquals(store.Labels, stored) || !ReferenceEquals(store.Progress.Refusals, refusals);

    void Gather(Action beat, CancellationToken ct)
    {
        var (now, refused) = (store.Labels, store.Progress.Refusals);
        var labels = sources.Select(source => source.Labels(now, beat, ct)).ToArray();
        Index(labels, waiting.Index(now, IndexOf, beat, ct));
        var parts = Divide(labels, now, refused);
        LabelledSet[] made = [.. sources.Zip(labels, parts).Select(line => Set(line.First, line.Second, line.Third))];
        var before = sets;
        (sets, stored, refusals) = ([.. made.Select(set => set with { HeldOutElsewhere = Elsewhere(set, made) })], now, refused);
        foreach (var (set, own) in sets.Zip(labels))
        {
            if (before.FirstOrDefault(b => b.Line == set.Line) is { } same && Sizes(same) == Sizes(set))
                continue; // said before
            if (set.Unusable is null)
                logger.LabelsRead(set.Line, set.Train.Count, set.TrainSeconds, set.HeldOut.Count, set.HeldOutSeconds, set.HiddenGate.Count);
            else if (own.Count > 0 || set.Problems.Count > 0)
                logger.LabelsUnusable(set.Line, set.Unusable);
        }
    }

    /// <summary>So that no process that has only the registry proposes what is labelled, the gates above all.</summary>
    void Index(IReadOnlyList<Label>[] labels, IReadOnlyCollection<ManifestIndex> withoutSettings)
    {
        ManifestIndex[] topic = [IndexOf([.. labels.SelectMany(own => own).Where(l => l.Source is not null)]), .. withoutSettings];
        var own = sources.Zip(labels, (source, all) => KeyValuePair.Create(source.Line, IndexOf([.. all.Where(l => l.Source is null)])));
        LabelIndex.Update(registry, before => new LabelIndex
        {
            Windows = [.. topic.SelectMany(part => part.Windows)],
            Vectors = [.. topic.SelectMany(part => part.Vectors)],
            Manifests = before.Manifests.Where(m => HasNoSettings(m.Key)).Concat(own).ToDictionary(),
        });
    }

    static ManifestIndex IndexOf(IReadOnlyCollection<Label> labels) => new(new LabelledAudio(labels.Select(l => l.Utterance)).ToIndex(),
        MemoryMarshal.AsBytes<float>(labels.SelectMany(l => l.Vector).ToArray()).ToArray());

    bool HasNoSettings(string line) => lines.Of(line) is null;

    static (int, int, int, string?) Sizes(LabelledSet set) => (set.Train.Count, set.HeldOut.Count, set.HiddenGate.Count, set.Unusable);

    static LabelledUtterance[] Elsewhere(LabelledSet own, LabelledSet[] all) =>
        [.. all.Where(set => set.Line != own.Line).SelectMany(set => set.HeldOut.Concat(set.HiddenGate))];

    /// <summary>The parts of each line, which are in the registry on return.</summary>
    LineParts[] Divide(
        IReadOnlyList<Label>[] labels, IReadOnlyDictionary<string, StoredLabel> now, IReadOnlyList<LabelRefusal> refused)
    {
        LineParts[] parts = [];
        LabelCatalogue.Update(registry, before =>
        {
            parts = [.. sources.Zip(labels, (source, own) => new LabelDivision(source.Options).Divide(
                [.. own.Select(l => new DividedLabel(l.Audio, l.Utterance.Speaker, l.Split))],
                before.Parts.GetValueOrDefault(source.Line) ?? new LineParts()))];
            var entries = sources.Zip(labels, parts).SelectMany(line => line.Second.Select(label => label.Entry(line.First.Line,
                PartOf(label, line.Third, line.First.Options))));
            var kept = before.Parts.Where(p => HasNoSettings(p.Key));
            var manifests = before.Labels.Where(l => l is { Source: null, Line.Length: > 0 } && HasNoSettings(l.Line))
                .Select(l => l with { Problem = lines.WhyNot(l.Line) });
            return new LabelCatalogue
            {
                Labels = [.. entries, .. manifests, .. waiting.Entries(now, before.Parts), .. refused.Select(r => r.Entry())],
                Parts = kept.Concat(sources.Zip(parts, (s, p) => KeyValuePair.Create(s.Line, p))).ToDictionary(),
            };
        });
        return parts;
    }

    static LabelPart? PartOf(Label label, LineParts parts, LabelOptions options) =>
        (label.Split is null || LabelDivision.Knows(label.Split, options)) && parts.Recordings.TryGetValue(label.Audio, out var part)
            ? part : null;

    static LabelledSet Set(LineSource source, IReadOnlyList<Label> labels, LineParts parts)
    {
        var gate = In(LabelPart.Gate).ToArray();
        var hidden = In(LabelPart.Hidden).ToArray();
        var audio = new LabelledAudio([.. gate, .. hidden]);
        var overlapping = In(LabelPart.Train).Where(audio.Holds).ToHashSet();
        LabelledUtterance[] train = [.. In(LabelPart.Train).Where(u => !overlapping.Contains(u))];
        ManifestProblem[] problems = [.. source.Manifest.Problems, .. overlapping.Select(u => new ManifestProblem(u.Id, 0,
            "holds audio of the gate or the hidden gate and is not trained on"))];
        var empty = labels.Count == 0 ? "there are no labels" : train.Length == 0 ? "no recording to train on" : "no recording is held out";
        var splits = string.Join(", ", labels.Select(l => l.Split ?? "none").Distinct().Order(StringComparer.Ordinal));
        var found = labels.Count == 0 ? "" : $" ({labels.Count} labels, splits: {splits})";
        var why = problems.Length > 0 ? $"; the first problem: {problems[0]}" : "";
        return new LabelledSet(train, gate, problems, train.Length > 0 && gate.Length > 0 ? null : $"{empty}{found}{why}")
        {
            Line = source.Line,
            HiddenGate = hidden,
            Policy = source.Options.Policy,
        };

        IEnumerable<LabelledUtterance> In(LabelPart part) =>
            labels.Where(l => PartOf(l, parts, source.Options) == part).Select(l => l.Utterance);
    }

    /// <summary>Where the labels of a line come from.</summary>
    sealed class LineSource(string line, LabelOptions options, LabelStore store)
    {
        readonly TopicLabels topic = new(line, options, store);

        public string Line => line;
        public LabelOptions Options => options;
        public ManifestLabels Manifest { get; } = new(options);

        /// <summary>One of each recording: those of the topic correct those of the manifest, later ones earlier ones.</summary>
        public IReadOnlyList<Label> Labels(IReadOnlyDictionary<string, StoredLabel> stored, Action beat, CancellationToken ct) =>
            [.. Manifest.Labels.Concat(topic.Read(stored, beat, ct)).GroupBy(l => l.Audio)
                .Select(same => same.Aggregate((earlier, later) => later.WithMissingOf(earlier)))];
    }
}
