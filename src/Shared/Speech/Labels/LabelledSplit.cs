using System.Text;

namespace Ssl.Shared.Speech.Labels;

/// <summary>The labelled set in two parts that share no recording: one to learn from, one to be judged by.</summary>
/// <param name="Problem">Set when one of the two is empty: why.</param>
public sealed record LabelledSplit(IReadOnlyList<LabelledRecording> Train, IReadOnlyList<LabelledRecording> HeldOut, string? Problem)
{
    const uint HashBuckets = 10_000;

    /// <summary>
    /// By the names of the splits where the manifest has them; where no line has the held-out name, a share of the training part is
    /// held out by a hash of the speaker or the recording, the same on every machine and in every run.
    /// </summary>
    /// <param name="heldOutShare">0 to 1.</param>
    public static LabelledSplit Divide(IReadOnlyList<LabelledRecording> entries, string trainSplit, string heldOutSplit, double heldOutShare, HoldOutBy by)
    {
        var named = entries.Any(e => e.Split is not null);
        var train = named ? [.. entries.Where(e => e.Split == trainSplit)] : entries;
        LabelledRecording[] heldOut = [.. entries.Where(e => e.Split == heldOutSplit && heldOutSplit != trainSplit)];
        if (heldOut.Length == 0)
        {
            heldOut = [.. train.Where(e => IsHeldOut(e, heldOutShare, by))];
            train = [.. train.Except(heldOut)];
        }
        return new LabelledSplit([.. train], heldOut, WhyEmpty(train.Count, heldOut.Length, trainSplit, entries));
    }

    static string? WhyEmpty(int train, int heldOut, string trainSplit, IReadOnlyList<LabelledRecording> entries) =>
        train == 0 ? $"no recording to learn from: none of {entries.Count} is in split '{trainSplit}' (there are: {string.Join(", ", entries.Select(e => e.Split ?? "none").Distinct().Order())})"
        : heldOut == 0 ? $"no recording held out: too few ({train}) to spare one"
        : null;

    static bool IsHeldOut(LabelledRecording recording, double share, HoldOutBy by) =>
        Hash(by == HoldOutBy.Speaker ? recording.Speaker ?? recording.Id : recording.Id) % HashBuckets < share * HashBuckets;

    /// <summary>FNV-1a (32 bit) with murmur3's finaliser: names that differ in one last letter must fall apart too.</summary>
    static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ letter) * 16777619u;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
        return hash ^ (hash >> 16);
    }
}
