using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Decoded audio, or why there is none.</summary>
public sealed record DecodeResult
{
    public bool Ok => Reason is null;

    /// <summary>16 kHz mono; empty where refused.</summary>
    public short[] Samples { get; private init; } = [];

    /// <summary>The source's own rate.</summary>
    public int SourceRateHz { get; private init; }

    public RejectReason? Reason { get; private init; }

    /// <summary>What is wrong, for a person.</summary>
    public string Detail { get; private init; } = "";

    public double DurationSeconds => AudioFormat.SecondsOf(Samples.Length);

    public static DecodeResult Of(short[] samples, int sourceRateHz) => new() { Samples = samples, SourceRateHz = sourceRateHz };

    public static DecodeResult Refused(RejectReason reason, string detail) => new() { Reason = reason, Detail = detail };
}
