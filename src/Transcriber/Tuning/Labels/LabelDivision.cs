using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Labels;

/// <summary>
/// Assigns recordings to training, gate and hidden gate. A part, once assigned, stays, whatever is added or removed; only a label that
/// names a held-out split takes its recording out of training. New recordings: as their label says; else with their speaker, where the set
/// has <see cref="MinSpeakers"/> speakers or more; else one by one. Speakers and recordings are ranked by a hash, so that the choice is the
/// same on every machine and in every order; where that leaves the gate too small, the next in rank of the new ones are added.
/// </summary>
sealed class LabelDivision(LabelOptions options)
{
    const string Gate = "gate";
    const string Hidden = "hidden";
    const int MinSpeakers = 5; // of fewer a whole one would be too large a share
    const int MinRecordings = 5; // in the gate and in the hidden gate, where there are labels enough
    const double MinTrainShare = 0.5; // below, the gate is not enlarged

    /// <summary>Names of splits that a label may give.</summary>
    public static IEnumerable<string> Names(LabelOptions options) =>
        ((string[])[options.TrainSplit, options.HeldOutSplit, Gate, Hidden]).Where(n => n.Length > 0).Distinct();

    public static bool Knows(string split, LabelOptions options) => Names(options).Contains(split);

    /// <param name="labels">All of the line.</param>
    /// <param name="known">What was assigned before.</param>
    /// <returns>With the new ones; labels of splits with other names are in no part.</returns>
    public LineParts Divide(IReadOnlyCollection<DividedLabel> labels, LineParts known)
    {
        var parts = new Dictionary<string, LabelPart>(known.Recordings);
        var speakers = new SpeakerParts(known);
        var hasHeldOut = labels.Any(l => IsHeldOut(l.Split));
        foreach (var label in labels)
        {
            if (label.Split is Gate or Hidden)
                parts[label.Audio] = label.Split == Gate ? LabelPart.Gate : LabelPart.Hidden;
            else if (hasHeldOut && label.Split == options.TrainSplit && parts.TryAdd(label.Audio, LabelPart.Train))
                speakers.Saw(label.Speaker, LabelPart.Train);
        }
        var heldOut = labels.Where(l => IsHeldOut(l.Split)
            && (!parts.TryGetValue(l.Audio, out var part) || part == LabelPart.Train)).ToArray();
        foreach (var label in heldOut)
            parts.Remove(label.Audio); // no longer trained on
        var free = labels.Where(l => (l.Split is null || l.Split == options.TrainSplit) && !parts.ContainsKey(l.Audio)
            && heldOut.All(h => h.Audio != l.Audio)).ToArray();
        Candidate[] held = [.. Grouped(heldOut, speakers, rank => rank < 0.5 ? LabelPart.Gate : LabelPart.Hidden, isFree: false)];
        foreach (var candidate in held.Where(c => c.Speaker is not null))
            speakers.Assign(candidate.Speaker!, candidate.Part); // before the free ones, which go with their speaker
        List<Candidate> added =
        [
            .. held,
            .. Grouped(free, speakers, rank => rank < options.HeldOutShare / 2 ? LabelPart.Gate
                : rank < options.HeldOutShare ? LabelPart.Hidden : LabelPart.Train, isFree: true),
        ];
        var present = labels.Select(l => l.Audio).ToHashSet();
        Balance(added, [.. parts.Where(p => present.Contains(p.Key)).Select(p => p.Value)]);
        foreach (var candidate in added)
        {
            foreach (var audio in candidate.Recordings)
                parts[audio] = candidate.Part;
            if (candidate.Speaker is { } speaker)
                speakers.Assign(speaker, candidate.Part);
        }
        return speakers.With(parts);
    }

    bool IsHeldOut(string? split) => split is Gate or Hidden || !string.IsNullOrEmpty(split) && split == options.HeldOutSplit;

    /// <summary>New recordings by speaker or one by one, each with the part that its rank gives it.</summary>
    static IEnumerable<Candidate> Grouped(DividedLabel[] labels, SpeakerParts speakers, Func<double, LabelPart> partAt, bool isFree)
    {
        var unknown = labels.Select(l => l.Speaker).OfType<string>().Where(s => !speakers.Knows(s)).Distinct().Count();
        var wholeSpeakers = (isFree ? speakers.Count : speakers.HeldOut) + unknown >= MinSpeakers;
        foreach (var speaker in labels.Where(l => l.Speaker is not null).GroupBy(l => l.Speaker!))
        {
            if (speakers.PartOf(speaker.Key) is { } part && (isFree || part != LabelPart.Train))
                yield return new(speaker.Key, [.. Audio(speaker)], part, IsFree: false, 0);
            else if (wholeSpeakers && !speakers.Knows(speaker.Key))
                yield return new(speaker.Key, [.. Audio(speaker)], partAt(Rank(speaker.Key)), isFree, Rank(speaker.Key));
            else
            {
                speakers.Divide(speaker.Key);
                foreach (var audio in Audio(speaker))
                    yield return new(null, [audio], partAt(Rank(audio)), isFree, Rank(audio));
            }
        }
        foreach (var audio in Audio(labels.Where(l => l.Speaker is null)))
            yield return new(null, [audio], partAt(Rank(audio)), isFree, Rank(audio));

        static IEnumerable<string> Audio(IEnumerable<DividedLabel> of) => of.Select(l => l.Audio).Distinct();
    }

    /// <summary>Moves new recordings until the gate, then the hidden gate, has enough, and training any.</summary>
    void Balance(List<Candidate> added, List<LabelPart> before)
    {
        var all = before.Count + added.Sum(c => c.Recordings.Count);
        var wanted = Math.Min(MinRecordings, (int)Math.Ceiling(options.HeldOutShare / 2 * all));
        foreach (var part in (LabelPart[])[LabelPart.Gate, LabelPart.Hidden])
        {
            foreach (var next in added.Where(c => c.IsFree && c.Part == LabelPart.Train).OrderBy(c => c.Rank))
            {
                if (Count(part) < wanted && Count(LabelPart.Train) - next.Recordings.Count >= MinTrainShare * all)
                    next.Part = part;
            }
        }
        if (Count(LabelPart.Gate) == 0 && added.Where(c => c.Part == LabelPart.Hidden).MinBy(c => c.Rank) is { } first)
            first.Part = LabelPart.Gate;
        var gate = added.Where(c => c.Part == LabelPart.Gate).ToArray();
        if (Count(LabelPart.Hidden) == 0 && gate.Length > 1)
            gate.MaxBy(c => c.Rank)!.Part = LabelPart.Hidden;
        if (Count(LabelPart.Train) == 0 && Count(LabelPart.Gate) + Count(LabelPart.Hidden) > 1
            && added.Where(c => c.IsFree).MaxBy(c => c.Rank) is { } last)
            last.Part = LabelPart.Train;

        int Count(LabelPart part) => before.Count(p => p == part) + added.Where(c => c.Part == part).Sum(c => c.Recordings.Count);
    }

    /// <summary>0 to 1, evenly distributed.</summary>
    static double Rank(string name) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) / (uint.MaxValue + 1.0);

    /// <param name="IsFree">Whether its part may still be chosen.</param>
    sealed record Candidate(string? Speaker, IReadOnlyList<string> Recordings, LabelPart Part, bool IsFree, double Rank)
    {
        public LabelPart Part { get; set; } = Part;
    }
}

/// <summary>What decides the part of a labelled recording.</summary>
/// <param name="Audio"><see cref="AudioId"/>.</param>
/// <param name="Split">As the label gives it; null: it gives none.</param>
sealed record DividedLabel(string Audio, string? Speaker, string? Split);
