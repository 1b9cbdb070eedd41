using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.Rounds;

/// <summary>What a round begins with; an unfinished one is resumed only by a round that begins with the same.</summary>
sealed record RoundIdentity
{
    public required string Line { get; init; }
    public required int Encoder { get; init; }
    /// <summary>The last version of the line when it began; 0: none.</summary>
    public required int After { get; init; }
    /// <summary>Fingerprint of the labels to train on, and of all recordings that are held out.</summary>
    public required string Labels { get; init; }
    /// <summary>Fingerprint of all recipes.</summary>
    public required string Recipe { get; init; }
    /// <summary>Planned.</summary>
    public required int Updates { get; init; }
    /// <summary>It is not given up for a newer encoder: it is the line's first, or the round before it was given up.</summary>
    public required bool MustEnd { get; init; }

    /// <summary>SHA-256 of names and samples, and of the texts to train on: what is held out must not have been trained on.</summary>
    public static string PrintOf(LabelledSet labels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var label in labels.Train)
            Append(hash, label, label.Text);
        foreach (var heldOut in new[] { labels.HeldOut, labels.HiddenGate, labels.HeldOutElsewhere })
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"held out: {heldOut.Count}\n"));
            foreach (var label in heldOut)
                Append(hash, label, "");
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Append(IncrementalHash hash, LabelledUtterance label, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{label.Id}\n{text}\n{label.Samples.Length}\n"));
        hash.AppendData(MemoryMarshal.AsBytes(label.Samples.Span));
    }
}
