using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// How a candidate's texts differ from those that the champion answered with, on the same live requests: <c>shadow.json</c> of the
/// registry, by the candidate's number, written by the serving replicas together.
/// </summary>
public sealed record ShadowRecord
{
    /// <summary>The champion that it was compared with; counting begins anew with another.</summary>
    public required int Champion { get; init; }
    public required long Requests { get; init; }
    /// <summary>Of these, the ones in which the champion wrote words.</summary>
    public long Spoken { get; init; }
    /// <summary>Of <see cref="Spoken"/>, the ones in which the candidate wrote none.</summary>
    public long Empty { get; init; }
    public required double AudioSeconds { get; init; }
    /// <summary>Words of the champion's texts.</summary>
    public required long Words { get; init; }
    /// <summary>Word errors of the candidate's texts, the champion's taken for true.</summary>
    public required long Errors { get; init; }
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Word error between the two, 0 and up.</summary>
    [JsonIgnore]
    public double Disagreement => (double)Errors / Math.Max(1, Words);

    /// <summary>With more requests of the same candidate and champion.</summary>
    public ShadowRecord Plus(ShadowRecord more) => more with
    {
        Requests = Requests + more.Requests,
        Spoken = Spoken + more.Spoken,
        Empty = Empty + more.Empty,
        AudioSeconds = AudioSeconds + more.AudioSeconds,
        Words = Words + more.Words,
        Errors = Errors + more.Errors,
    };
}
